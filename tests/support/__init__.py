"""What several tests need and no fake is."""

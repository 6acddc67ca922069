"""Code search by words alone: no index is kept, no model is asked."""

"""What tests share: doubles of servers, and builders of what they say."""

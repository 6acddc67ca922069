"""The process that receives webhooks."""

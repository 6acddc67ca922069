"""The scaling check without a cluster: its parts are processes of this machine, and stand-ins play kubectl and KEDA."""

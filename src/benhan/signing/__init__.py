"""Signing: certificates, who may sign what, the queue, patients' confirmations. The mechanics are in proof."""

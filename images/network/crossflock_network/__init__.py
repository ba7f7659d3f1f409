"""The virtual network on one host: a VXLAN inside WireGuard, as a port of Docker's bridge."""

"""Start code shared by the containers of a crossflock deployment."""

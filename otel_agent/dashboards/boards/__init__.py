"""The boards, one file each; `catalogue` lists them in the order in which a user meets them."""

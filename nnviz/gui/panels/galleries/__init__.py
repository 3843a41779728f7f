"""Parts of the activation gallery: shapes of functions, small cards, the close-up."""

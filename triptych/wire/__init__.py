"""The Images API as a server speaks it: the demo engine and the gateway read requests and write answers by this."""

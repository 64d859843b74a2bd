"""The Images API and Responses as a server speaks them: the demo engine and the gateway read and write by this."""

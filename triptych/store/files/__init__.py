"""The bytes: images and previews in a folder or a bucket, and answers kept as they came."""

"""Which process this is, among all that share the records."""

import uuid

PROCESS = uuid.uuid4().hex  # of this process as long as it lives

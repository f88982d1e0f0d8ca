"""Durable jobs: what was promised is done once, also when a worker is killed in the middle.

Owns the worker: texts, voicemails, notices to staff, counting, deleting, and the test call. A job
carries a row's id, never personal data; the row is the truth.
"""

from __future__ import annotations

from ivr.jobs.notices import NoticeJob
from ivr.jobs.recordings import RecordingJob
from ivr.jobs.texts import Texts
from ivr.jobs.waits import backoff
from ivr.jobs.worker import Kind, work

__all__ = ["Kind", "NoticeJob", "RecordingJob", "Texts", "backoff", "work"]

"""Durable jobs: what was asked for is done, once, whatever dies in between.

A job carries a row's id, never personal data; the row is the truth.
"""

from __future__ import annotations

from ivr.jobs.notices import NoticeJob
from ivr.jobs.recordings import RecordingJob
from ivr.jobs.texts import Texts
from ivr.jobs.waits import backoff
from ivr.jobs.worker import Kind, work

__all__ = ["Kind", "NoticeJob", "RecordingJob", "Texts", "backoff", "work"]

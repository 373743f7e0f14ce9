/**
 * Reports each call to operators: one line in the log, one record of the audit, one sample of the metrics, one trace.
 *
 * <p>Why: the facts of a call become known in four packages, and belong in one line. So each adds its facts to the
 * one {@link io.itrgateway.telemetry.CallRecord} of the call, which the edge opens, hands down, and closes when the answer has left.
 * It is passed on as an argument: there is no context that could carry a call's facts into work that is shared by many.
 *
 * <p>What may stand in a line, a record or a span is a closed list of names, numbers and ids; a user name only as a keyed pseudonym.
 */
package io.itrgateway.telemetry;

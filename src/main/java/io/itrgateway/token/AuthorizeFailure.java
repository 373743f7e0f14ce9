package io.itrgateway.token;

import io.itrgateway.problem.ProblemKind;
import java.time.Duration;

/**
 * An authorize that failed, as far as other processes need to know it.
 *
 * @param failures in a row, at least 1; the pauses grow with it
 * @param left of the pause before the next authorize
 */
public record AuthorizeFailure(ProblemKind kind, int failures, Duration left) {}

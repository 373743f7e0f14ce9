/**
 * The closed list of failures, and the one exit through which each of them leaves the service.
 *
 * <p>Why: callers branch on what became of a registration. They can only do so if every failure, the framework's own ones
 * included, has the same shape and one truthful {@link io.itrgateway.problem.Outcome}. Code that fails throws a
 * {@link io.itrgateway.problem.GatewayException} of a {@link io.itrgateway.problem.ProblemKind}; only
 * {@link io.itrgateway.problem.ProblemMapper} turns one into an answer. Nothing here shows a Java class name, a
 * stack trace or a library's message.
 */
package io.itrgateway.problem;

package io.itrgateway.doctor;

import java.util.List;
import java.util.Optional;

/**
 * What was asked for on the command line.
 *
 * @param json for machines, not for people
 */
public record Order(boolean json) {

    /** Empty if it is nothing that the doctor understands. */
    public static Optional<Order> of(List<String> words) {
        if (words.equals(List.of("doctor"))) {
            return Optional.of(new Order(false));
        }
        return words.equals(List.of("doctor", "--json")) ? Optional.of(new Order(true)) : Optional.empty();
    }

    public String rendered(Report report) {
        return json ? report.json() : report.table();
    }
}

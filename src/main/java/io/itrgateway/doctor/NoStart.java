package io.itrgateway.doctor;

import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why Quarkus did not start, as far as it can be told safely: which settings it names, and the kind of the failure. Its own words quote
 * what they hold, and that may be an address with a password in it.
 */
final class NoStart {

    private static final Pattern PROPERTY = Pattern.compile("\\bquarkus(\\.[a-z0-9-]+|\\.\"[A-Za-z0-9._-]+\")+");
    private static final Pattern TLS_NAME = Pattern.compile("certificate '([A-Za-z0-9_-]+)'");

    private NoStart() {}

    static Finding because(Throwable failure) {
        List<Throwable> causes = Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(16)
                .toList();
        String words = causes.stream()
                .map(Throwable::getMessage)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(" "));
        String named = Stream.concat(
                        PROPERTY.matcher(words).results().map(MatchResult::group),
                        TLS_NAME.matcher(words).results().map(name -> "quarkus.tls." + name.group(1) + ".*"))
                .distinct()
                .collect(Collectors.joining(", "));
        return Finding.failed(
                Check.CONFIGURATION,
                "Quarkus does not start with it: %s, %s"
                        .formatted(
                                named.isEmpty() ? "some setting of its own" : named,
                                causes.get(causes.size() - 1).getClass().getSimpleName()));
    }
}

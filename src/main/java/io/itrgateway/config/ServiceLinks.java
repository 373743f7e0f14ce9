package io.itrgateway.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Recognises the variables that Kubernetes injects into a pod for each Service of its namespace, and Docker for a linked container. */
final class ServiceLinks {

    private static final String PORT = "_PORT";

    private static final Pattern NAMES = Pattern.compile(".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*_PORT_[0-9]+_.*");

    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private ServiceLinks() {}

    static boolean injects(String name, String value) {
        return NAMES.matcher(name).matches() || isAddress(name, value);
    }

    /** Where the value of a variable comes from, behind what is wrong with it; empty if Kubernetes would not inject it. */
    static String origin(String name, String value) {
        return isAddress(name, value)
                ? ", which Kubernetes injects for a Service named %s (enableServiceLinks: false in the pod prevents it)"
                        .formatted(name.substring(0, name.length() - PORT.length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '-'))
                : "";
    }

    private static boolean isAddress(String name, String value) {
        return name.endsWith(PORT) && ADDRESS.matcher(value.strip()).matches();
    }
}

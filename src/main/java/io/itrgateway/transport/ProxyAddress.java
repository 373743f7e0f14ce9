package io.itrgateway.transport;

import io.itrgateway.secret.Secret;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy between this service and Deepvue.
 *
 * @param host a name or an IP address, without brackets
 * @param login empty for a proxy that asks for none
 */
public record ProxyAddress(ProxyType type, String host, int port, Optional<Login> login) {

    /** What {@link #parse} reads, for messages. */
    static final String FORM = "http://[user:password@]host[:port], or socks4:// or socks5:// alike, with special"
            + " characters in user and password percent-encoded";

    private static final Pattern URL = Pattern.compile("(?:([A-Za-z][A-Za-z0-9+.-]*)://)?([^/?#]*)/*");
    private static final Pattern AUTHORITY = Pattern.compile(
            "(?:(?<login>.*)@)?(?:\\[(?<v6>[0-9A-Fa-f:.]+)]|(?<name>[A-Za-z0-9._-]+))(?::(?<port>[0-9]*))?");
    private static final Pattern IN_QUOTATION_MARKS = Pattern.compile("[\"'].*[\"']");
    private static final int HTTP_PORT = 80;
    private static final int SOCKS_PORT = 1080;

    /** The name and the password with which this service logs in at the proxy. */
    public record Login(String user, Secret password) {}

    /**
     * Reads the value of a variable such as {@code HTTPS_PROXY}.
     *
     * @throws IllegalArgumentException with a message that says what is wrong, without the value, which may hold a password
     */
    static ProxyAddress parse(String text) {
        if (IN_QUOTATION_MARKS.matcher(text.strip()).matches()) {
            throw new IllegalArgumentException("is in quotation marks, which are a part of the value");
        }
        Matcher url = URL.matcher(text.strip());
        if (!url.matches()) {
            throw new IllegalArgumentException("holds a path, a query or a fragment");
        }
        ProxyType type = type(url.group(1) == null ? "http" : url.group(1).toLowerCase(Locale.ROOT));
        Matcher authority = AUTHORITY.matcher(url.group(2));
        if (!authority.matches()) {
            throw new IllegalArgumentException("has no host and port that can be read");
        }
        String host = authority.group("v6") == null ? authority.group("name") : authority.group("v6");
        return new ProxyAddress(
                type,
                host,
                port(authority.group("port"), type),
                Optional.ofNullable(authority.group("login")).map(ProxyAddress::login));
    }

    private static ProxyType type(String scheme) {
        return switch (scheme) {
            case "http" -> ProxyType.HTTP;
            case "socks4", "socks4a" -> ProxyType.SOCKS4;
            case "socks", "socks5", "socks5h" -> ProxyType.SOCKS5;
            case "https" ->
                throw new IllegalArgumentException(
                        "asks for TLS on the way to the proxy itself, which is not supported");
            default -> throw new IllegalArgumentException("has an unknown scheme");
        };
    }

    private static int port(String digits, ProxyType type) {
        if (digits == null || digits.isEmpty()) {
            return type == ProxyType.HTTP ? HTTP_PORT : SOCKS_PORT;
        }
        int port = digits.length() > 5 ? 0 : Integer.parseInt(digits);
        if (!ConnectionSettings.isPort(port)) {
            throw new IllegalArgumentException("has a port that is not from 1 to 65535");
        }
        return port;
    }

    private static Login login(String text) {
        int colon = text.indexOf(':');
        String user = decoded(colon < 0 ? text : text.substring(0, colon));
        String password = colon < 0 ? "" : decoded(text.substring(colon + 1));
        if (user.isEmpty() || user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("has a user that is empty or holds a colon");
        }
        return new Login(user, Secret.of(password));
    }

    /** Only what is percent-encoded changes: a plus sign stays one, as everywhere but in forms. */
    private static String decoded(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = digit(text, i + 1);
                bytes.write(high * 16 + digit(text, i + 2));
                i += 2;
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int digit(String text, int index) {
        int digit = index < text.length() ? Character.digit(text.charAt(index), 16) : -1;
        if (digit < 0) {
            throw new IllegalArgumentException("has a percent sign that encodes nothing");
        }
        return digit;
    }

    /** @param address the proxy's own, already resolved */
    ProxyOptions options(String address) {
        var options = new ProxyOptions().setType(type).setHost(address).setPort(port);
        login.ifPresent(known ->
                options.setUsername(known.user()).setPassword(known.password().reveal()));
        return options;
    }

    /** Where it is; nothing of the login. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}

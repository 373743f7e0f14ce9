package io.itrgateway.config;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The variables of Quarkus that the documentation of this service names, or that resemble those. Quarkus has many more, so that a name which is
 * not among them may well be one of its own; it says nothing of a variable that is none.
 */
final class QuarkusVariables {

    private static final List<String> PREFIXES = List.of("QUARKUS_", "SMALLRYE_");

    private static final Pattern INDEX = Pattern.compile("__[0-9]+__");

    /** Quarkus does not read it: callers would be served without TLS. */
    private static final Pattern WITHOUT_INDEX =
            Pattern.compile("(QUARKUS_TLS_(?:.+_)?KEY_STORE_PEM)_(?:[0-9]_)?(CERT|KEY)");

    private static final String OF_TLS = "QUARKUS_TLS_(?:.+_)?";

    private static final String STORE =
            "(?:P12|JKS)_(?:PATH|PASSWORD|ALIAS|PROVIDER)|CREDENTIALS_PROVIDER_(?:(?:BEAN_)?NAME|PASSWORD_KEY)";

    /** Whatever else begins like these is no setting, and connections would be made without what it was meant to set. */
    private static final List<Pattern> COMPLETE = Stream.of(
                    OF_TLS + "TRUST_STORE_(?:PEM_CERTS|PEM_CERT_DIRS|CERTIFICATE_EXPIRATION_POLICY|" + STORE + ")",
                    OF_TLS + "KEY_STORE_(?:PEM_.+_(?:CERT|KEY|PASSWORD)|PEM_ORDER|SNI|(?:P12|JKS)_ALIAS_PASSWORD|"
                            + "CREDENTIALS_PROVIDER_ALIAS_PASSWORD_KEY|" + STORE + ")",
                    OF_TLS + "(?:CIPHER_SUITES|PROTOCOLS|HANDSHAKE_TIMEOUT|ALPN|CERTIFICATE_REVOCATION_LIST|TRUST_ALL|"
                            + "HOSTNAME_VERIFICATION_ALGORITHM|RELOAD_PERIOD)",
                    "QUARKUS_HTTP_SSL_(?:PORT|CIPHER_SUITES|PROTOCOLS|SNI|CLIENT_AUTH)",
                    "QUARKUS_HTTP_SSL_CERTIFICATE_(?:FILES|KEY_FILES|RELOAD_PERIOD|CREDENTIALS_PROVIDER(?:_NAME)?)",
                    "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_(?:FILE(?:_TYPE)?|PROVIDER|(?:KEY_|ALIAS_)?PASSWORD(?:_KEY)?|(?:KEY_)?ALIAS)",
                    "QUARKUS_HTTP_SSL_CERTIFICATE_TRUST_STORE_(?:FILES?|FILE_TYPE|PROVIDER|PASSWORD(?:_KEY)?|CERT_ALIAS)")
            .map(name -> Pattern.compile(name + "(?:_[0-9]+_)?"))
            .toList();

    private static final Pattern OF_COMPLETE = Pattern.compile("QUARKUS_(?:TLS|HTTP_SSL)_.+");

    /** What other programs call a certificate, its key and the authorities, by the names here; the first that fits. */
    private static final List<Map.Entry<Pattern, String>> OF_CERTIFICATES = List.of(
            form("(QUARKUS_TLS_(?:.+_)?(?:KEY|TRUST)_STORE_(?:P12|JKS))_FILES?", "$1_PATH"),
            form(
                    "(QUARKUS_TLS_(?:.+?_)?)(?:TRUST_?STORE(?:_(?!P12|JKS).+)?|(?:ROOT_)?CA(?:_?(?:CERT|FILE|BUNDLE|PEM).*)?)",
                    "$1TRUST_STORE_PEM_CERTS"),
            form(
                    "(QUARKUS_TLS_(?!.*__)(?:.+?_)?)(?:KEY_?STORE_)?(?:PEM_)?(?:CERT_|CERTIFICATE_)?(?:PRIVATE_)?KEYS?(?:_FILES?|_PATH)?",
                    "$1KEY_STORE_PEM__0__KEY"),
            form(
                    "(QUARKUS_TLS_(?!.*__)(?:.+?_)?)(?:KEY_?STORE_)?(?:PEM_)?(?:CERT|CRT|CERTIFICATE)S?(?:_FILES?|_PATH)?",
                    "$1KEY_STORE_PEM__0__CERT"),
            form(
                    "QUARKUS_HTTP_SSL_(?:CERT_|CERTIFICATE_)?(?:PRIVATE_)?KEYS?(?:_FILES?|_PATH)?",
                    "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES"),
            form(
                    "QUARKUS_HTTP_SSL_(?:CERT|CRT|CERTIFICATE)S?(?:_FILES?|_PATH)?",
                    "QUARKUS_HTTP_SSL_CERTIFICATE_FILES"));

    private static Map.Entry<Pattern, String> form(String name, String meant) {
        return Map.entry(Pattern.compile(name + "$"), meant);
    }

    private static final Pattern SECRET = Pattern.compile("QUARKUS_(?:OIDC|REDIS)_(?:.+_)?(?:SECRET|PASSWORD)");

    /** Those of which Quarkus has no shorter name that is one of its own. */
    private static final Pattern OF_CALLERS = Pattern.compile("QUARKUS_(?:HTTP|OIDC|REDIS)_(?!ENABLED$).+");

    /** Names of this service's form for what has a name of another form. */
    private static final Map<Pattern, String> OF_OTHER_FORM = Map.of(
            Pattern.compile("(?:GATEWAY|DEEPVUE)_REDIS_(?:HOSTS?|PORT|USER|USERNAME|PASSWORD)(_FILE)?"),
            "GATEWAY_REDIS_URL$1",
            Pattern.compile("(?:GATEWAY|DEEPVUE)_(?:HTTPS?_)?PROXY(?:_URL|_HOST|_ADDRESS)?"),
            "HTTPS_PROXY",
            Pattern.compile("GATEWAY_(?:OIDC_)?ISSUER(?:_UR[IL])?|GATEWAY_OIDC_UR[IL]"),
            "QUARKUS_OIDC_AUTH_SERVER_URL");

    static final Set<String> NAMES = Set.of(
            "QUARKUS_CONFIG_LOCATIONS",
            "QUARKUS_HTTP_AUTH_INCLUSIVE",
            "QUARKUS_HTTP_CORS_ENABLED",
            "QUARKUS_HTTP_CORS_EXPOSED_HEADERS",
            "QUARKUS_HTTP_CORS_ORIGINS",
            "QUARKUS_HTTP_HOST",
            "QUARKUS_HTTP_IDLE_TIMEOUT",
            "QUARKUS_HTTP_INSECURE_REQUESTS",
            "QUARKUS_HTTP_LIMITS_MAX_CONCURRENT_STREAMS",
            "QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS",
            "QUARKUS_HTTP_LIMITS_RST_FLOOD_MAX_RST_FRAME_PER_WINDOW",
            "QUARKUS_HTTP_PORT",
            "QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
            "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES",
            "QUARKUS_HTTP_SSL_CERTIFICATE_RELOAD_PERIOD",
            "QUARKUS_HTTP_SSL_CIPHER_SUITES",
            "QUARKUS_HTTP_SSL_PORT",
            "QUARKUS_HTTP_SSL_PROTOCOLS",
            "QUARKUS_HTTP_TLS_CONFIGURATION_NAME",
            "QUARKUS_LOG_CONSOLE_JSON_ENABLED",
            "QUARKUS_LOG_FILE_ENABLED",
            "QUARKUS_LOG_FILE_PATH",
            "QUARKUS_LOG_LEVEL",
            "QUARKUS_OIDC_AUTH_SERVER_URL",
            "QUARKUS_OIDC_CLIENT_ID",
            "QUARKUS_OIDC_CREDENTIALS_SECRET",
            "QUARKUS_OIDC_DISCOVERY_ENABLED",
            "QUARKUS_OIDC_INTROSPECTION_PATH",
            "QUARKUS_OIDC_JWKS_PATH",
            "QUARKUS_OIDC_JWKS_TRY_ALL",
            "QUARKUS_OIDC_LOGOUT_BACKCHANNEL_PATH",
            "QUARKUS_OIDC_MAX_POOL_SIZE",
            "QUARKUS_OIDC_PRIORITY",
            "QUARKUS_OIDC_PUBLIC_KEY",
            "QUARKUS_OIDC_TLS_TLS_CONFIGURATION_NAME",
            "QUARKUS_OIDC_TLS_VERIFICATION",
            "QUARKUS_OIDC_TOKEN_AUDIENCE",
            "QUARKUS_OIDC_TOKEN_AUTHORIZATION_SCHEME",
            "QUARKUS_OIDC_TOKEN_BINDING_CERTIFICATE",
            "QUARKUS_OIDC_TOKEN_CACHE_CLEAN_UP_TIMER_INTERVAL",
            "QUARKUS_OIDC_TOKEN_CACHE_MAX_SIZE",
            "QUARKUS_OIDC_TOKEN_CACHE_TIME_TO_LIVE",
            "QUARKUS_OIDC_TOKEN_FORCED_JWK_REFRESH_INTERVAL",
            "QUARKUS_OIDC_TOKEN_HEADER",
            "QUARKUS_OIDC_TOKEN_ISSUER",
            "QUARKUS_OIDC_TOKEN_LIFESPAN_GRACE",
            "QUARKUS_OIDC_TOKEN_PRINCIPAL_CLAIM",
            "QUARKUS_OIDC_TOKEN_VERIFY_ACCESS_TOKEN_WITH_USER_INFO",
            "QUARKUS_PROFILE",
            "QUARKUS_PROXY_HOST",
            "QUARKUS_PROXY_PORT",
            "QUARKUS_REDIS_CLIENT_TYPE",
            "QUARKUS_REDIS_MASTER_NAME",
            "QUARKUS_REDIS_TLS_CONFIGURATION_NAME",
            "QUARKUS_REST_CLIENT_PROXY_ADDRESS",
            "QUARKUS_SHUTDOWN_DELAY",
            "QUARKUS_SHUTDOWN_TIMEOUT",
            "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT",
            "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__KEY",
            "QUARKUS_TLS_DEEPVUE_PROTOCOLS",
            "QUARKUS_TLS_DEEPVUE_RELOAD_PERIOD",
            "QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS",
            "QUARKUS_TLS_KEY_STORE_PEM__0__CERT",
            "QUARKUS_TLS_KEY_STORE_PEM__0__KEY",
            "QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS",
            "SMALLRYE_CONFIG_LOCATIONS");

    private QuarkusVariables() {}

    /** The name that a misspelt one was probably meant to be; empty if it is one of them, or near none. */
    static Optional<String> nearest(String name) {
        if (name.equals("QUARKUS_OIDC_CLIENT_SECRET")) {
            return Optional.of("QUARKUS_OIDC_CREDENTIALS_SECRET");
        }
        Matcher withoutIndex = WITHOUT_INDEX.matcher(name);
        if (withoutIndex.matches()) {
            return Optional.of(withoutIndex.replaceFirst("$1__0__$2"));
        }
        String first = INDEX.matcher(name).replaceAll("__0__");
        return NAMES.contains(first) || !Variables.hasPrefixLike(name, PREFIXES)
                ? Optional.empty()
                : withAllWords(first)
                        .or(() -> isNone(name) ? meantByForm(name, OF_CERTIFICATES) : Optional.empty())
                        .or(() -> Variables.nearest(first, NAMES.stream()));
    }

    /** Whether a name begins like settings of TLS, all of which are known, and is none of them. */
    static boolean isNone(String name) {
        return OF_COMPLETE.matcher(name).matches()
                && COMPLETE.stream().noneMatch(known -> known.matcher(name).matches());
    }

    private static Optional<String> meantByForm(String name, Collection<Map.Entry<Pattern, String>> forms) {
        return forms.stream()
                .filter(form -> form.getKey().matcher(name).matches())
                .map(form -> form.getKey().matcher(name).replaceFirst(form.getValue()))
                .findFirst();
    }

    /** The variable that sets what one of this service's form was perhaps meant to set; empty if there is none. */
    static Optional<String> perhapsMeantBy(String name) {
        return meantByForm(name, OF_OTHER_FORM.entrySet())
                .or(() -> Optional.of(name.replaceFirst("^GATEWAY_", PREFIXES.get(0)))
                        .filter(NAMES::contains));
    }

    /** The variable whose value is meant to be in the file that this one names; Quarkus reads no value from a file. */
    static Optional<String> givenByFile(String name) {
        return Optional.of(name)
                .filter(given -> given.endsWith(Variables.FILE_SUFFIX))
                .map(given -> given.substring(0, given.length() - Variables.FILE_SUFFIX.length()))
                .filter(target ->
                        NAMES.contains(target) || SECRET.matcher(target).matches());
    }

    /** Such as {@code QUARKUS_OIDC_TOKEN_AUDIENCE} for {@code QUARKUS_OIDC_AUDIENCE}, with which tokens for others would be accepted. */
    private static Optional<String> withAllWords(String name) {
        return OF_CALLERS.matcher(name).matches() ? Variables.withAllWords(name, NAMES.stream()) : Optional.empty();
    }
}

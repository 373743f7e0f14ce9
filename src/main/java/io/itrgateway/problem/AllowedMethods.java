package io.itrgateway.problem;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;
import org.jboss.resteasy.reactive.server.util.RuntimeResourceVisitor;

/** Which methods a path has, for {@code Allow}: Quarkus REST's own 405 does not say. */
final class AllowedMethods {

    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");

    private AllowedMethods() {}

    /** The value of {@code Allow} for that path, such as {@code OPTIONS, POST}. */
    static String of(String path) {
        Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
        var deployment = ResteasyReactiveRecorder.getCurrentDeployment();
        RuntimeResourceVisitor.visitRuntimeResources(
                deployment.getPrefix(), deployment.getClassMappers(), new RuntimeResourceVisitor() {
                    @Override
                    public void visitRuntimeResource(String method, String template, RuntimeResource resource) {
                        if (matches(template, path)) {
                            methods.add(method);
                        }
                    }
                });
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }

    private static boolean matches(String template, String path) {
        var pattern = new StringBuilder();
        int literal = 0;
        for (var parameter = PARAMETER.matcher(template); parameter.find(); literal = parameter.end()) {
            pattern.append(Pattern.quote(template.substring(literal, parameter.start())))
                    .append("[^/]+");
        }
        pattern.append(Pattern.quote(template.substring(literal))).append("/?");
        return path.matches(pattern.toString());
    }
}

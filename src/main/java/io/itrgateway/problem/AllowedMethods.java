package io.itrgateway.problem;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.core.Deployment;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;
import org.jboss.resteasy.reactive.server.util.RuntimeResourceVisitor;

/** Which methods the resources of Quarkus REST have, for {@code Allow}: its own 405 does not say, and its OPTIONS grants HEAD to each. */
public final class AllowedMethods {

    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");

    /** @param prefix the literal text before the first parameter; comparing it rules out most paths without running the pattern */
    private record Resource(String prefix, Pattern path, Set<String> methods) {}

    /**
     * What was found in that deployment; dev mode has one after the other.
     *
     * @param exact by path, those whose path has no parameter
     */
    private record Found(Deployment deployment, Map<String, Set<String>> exact, List<Resource> others) {}

    private static volatile Found found = new Found(null, Map.of(), List.of());

    private AllowedMethods() {}

    /** The methods of that path, in alphabetical order; none if it is not the path of a resource. */
    public static Set<String> of(String path) {
        Found resources = resources();
        Set<String> methods = resources.exact.getOrDefault(path, Set.of());
        for (Resource resource : resources.others) {
            if (path.startsWith(resource.prefix) && resource.path.matcher(path).matches()) {
                methods = new TreeSet<>(methods);
                methods.addAll(resource.methods);
            }
        }
        return methods;
    }

    /** With what HTTP adds to them: HEAD to GET, and OPTIONS to any. */
    public static Set<String> completed(Set<String> methods) {
        Set<String> completed = new TreeSet<>(methods);
        if (completed.contains("GET")) {
            completed.add("HEAD");
        }
        completed.add("OPTIONS");
        return completed;
    }

    private static Found resources() {
        Deployment deployment = ResteasyReactiveRecorder.getCurrentDeployment();
        Found known = found;
        if (known.deployment != deployment) {
            known = find(deployment);
            found = known;
        }
        return known;
    }

    private static Found find(Deployment deployment) {
        Map<String, Set<String>> methods = new TreeMap<>();
        RuntimeResourceVisitor.visitRuntimeResources(
                deployment.getPrefix(), deployment.getClassMappers(), new RuntimeResourceVisitor() {
                    @Override
                    public void visitRuntimeResource(String method, String template, RuntimeResource resource) {
                        if (method != null) {
                            methods.computeIfAbsent(template, any -> new TreeSet<>())
                                    .add(method);
                        }
                    }
                });
        Map<String, Set<String>> exact = new HashMap<>();
        List<Resource> others = new ArrayList<>();
        methods.forEach((template, its) -> {
            if (PARAMETER.matcher(template).find()) {
                others.add(new Resource(template.substring(0, template.indexOf('{')), pattern(template), its));
            } else {
                exact.put(template, Collections.unmodifiableSet(its));
            }
        });
        return new Found(deployment, exact, others);
    }

    private static Pattern pattern(String template) {
        var pattern = new StringBuilder();
        int literal = 0;
        for (var parameter = PARAMETER.matcher(template); parameter.find(); literal = parameter.end()) {
            pattern.append(Pattern.quote(template.substring(literal, parameter.start())))
                    .append("[^/]+");
        }
        pattern.append(Pattern.quote(template.substring(literal)));
        return Pattern.compile(pattern.toString());
    }
}

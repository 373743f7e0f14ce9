package io.itrgateway.doctor;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What was asked for on the command line.
 *
 * @param json for machines, not for people
 */
public record DoctorArguments(boolean json) {

    private static final Set<String> HELP = Set.of("--help", "-h");

    private static final List<String> FIRST = List.of("doctor", "--help", "-h", "--version");

    /** Of a word, an option or a variable: nothing that can be a key. */
    private static final Pattern NAME =
            Pattern.compile("-{0,2}[A-Za-z][a-z]{0,15}(?:-[a-z]{1,15}){0,3}|[A-Z]{1,15}(?:_[A-Z]{1,15}){0,5}");

    /** Empty if it is nothing that the doctor understands. */
    public static Optional<DoctorArguments> of(List<String> words) {
        if (words.equals(List.of("doctor"))) {
            return Optional.of(new DoctorArguments(false));
        }
        return words.equals(List.of("doctor", "--json")) ? Optional.of(new DoctorArguments(true)) : Optional.empty();
    }

    /** Whether only the usage is asked for: alone, or behind words that are understood. */
    public static boolean areForHelp(List<String> words) {
        int last = words.size() - 1;
        List<String> before = words.subList(0, last);
        return words.equals(List.of("help"))
                || HELP.contains(words.get(last))
                        && (before.isEmpty() || of(before).isPresent());
    }

    /** Names the first word that is not understood, without what follows its =; one that may be a secret is not shown. */
    public static String refusal(List<String> words) {
        int wrong = FIRST.contains(words.get(0)) ? 1 : 0;
        if (words.get(0).equals("doctor") && words.get(1).equals("--json")) {
            wrong = 2;
        }
        String name = words.get(wrong).split("=", 2)[0];
        String hint = name.startsWith("-D") ? "; a system property stands before -jar" : "";
        return "unknown argument: "
                + (NAME.matcher(name).matches() ? name : "number %d (not shown)".formatted(wrong + 1))
                + hint;
    }

    public String rendered(Report report) {
        return json ? report.json() : report.table();
    }
}

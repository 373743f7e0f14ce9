package io.itrgateway.sandbox;

/** A person who is to be registered, or a magic user name of the sandbox. */
public record Person(String username, String password) {

    public static final Person ASHA = new Person("ABCDE1234F", "asha-portal-pw-7391");

    /** The magic user name that brings about what it says; see docker/sandbox/README.md. */
    public static Person magic(String username) {
        return new Person(username, ASHA.password);
    }

    public String json() {
        return "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password);
    }
}

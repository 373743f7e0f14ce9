package io.itrgateway.binding;

/** Which client ids a caller may use. */
public enum BindingMode {
    /** All; nothing is recorded. */
    OFF,
    /** All but those that are known to be of other callers. */
    KNOWN,
    /** Those that it has registered itself. */
    STRICT
}

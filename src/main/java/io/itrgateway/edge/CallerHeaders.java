package io.itrgateway.edge;

import java.util.Map;

/** What every answer to a known caller carries. */
public interface CallerHeaders {

    /** Names and values as they are when the answer leaves; empty if there is nothing to say. */
    Map<String, String> current();
}

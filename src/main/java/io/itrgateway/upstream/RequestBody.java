package io.itrgateway.upstream;

import io.itrgateway.call.RequestValues;

/** The JSON body of a POST. */
record RequestBody(RequestValues values) {}

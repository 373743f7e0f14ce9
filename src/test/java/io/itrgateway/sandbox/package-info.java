/** The stand-in upstream in the words of the domain, the people who are registered with it, and the gateway as a caller sees it. */
package io.itrgateway.sandbox;

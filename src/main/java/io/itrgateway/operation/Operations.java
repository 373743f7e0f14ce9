package io.itrgateway.operation;

import io.itrgateway.operation.Field.Syntax;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.problem.Effect;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The catalogue: metrics, audit, traces, problem texts, the OpenAPI document and the pages read it. */
public final class Operations {

    /** Where the operations are, here and at Deepvue. */
    public static final String BASE = "/v1/verification/itr";

    /** What create-client returns, and the others are about. */
    public static final Field CLIENT_ID =
            Field.id("itr_client_id", "The client id that create-client returned.", "itr_qkgtvIwLcuooWhtrFFbK");

    public static final Operation CREATE_CLIENT = new Operation(
            "create-client",
            Method.POST,
            BASE + "/create-client",
            Effect.REGISTERS,
            List.of(
                    new Field(
                            "username",
                            Syntax.TEXT,
                            1,
                            128,
                            "The user id of the income-tax portal: usually a PAN.",
                            "ABCDE1234F"),
                    new Field(
                            "password",
                            Syntax.PASSWORD,
                            8,
                            256,
                            "The password of the portal. Passed on, never stored or logged.",
                            "example_string")),
            "Register a taxpayer for ITR data access",
            "Registers a user of the income-tax portal with Deepvue. `data` holds the client id that the other operations ask for.",
            AnswerData.CREATE_CLIENT);

    public static final Operation ITR_DOWNLOAD = new Operation(
            "itr-download",
            Method.POST,
            BASE + "/itr-download",
            Effect.FETCHES,
            List.of(CLIENT_ID),
            "Fetch the list of a taxpayer's filed returns",
            "Has Deepvue fetch the filed returns from the income-tax portal, which takes 5 to 30 s. 202 means that Deepvue is"
                    + " still fetching: ask again after some seconds; each request costs a call of the plan.",
            AnswerData.ITR_DOWNLOAD);

    public static final Operation DOWNLOAD_26AS = new Operation(
            "26as-download",
            Method.POST,
            BASE + "/26as-download",
            Effect.FETCHES,
            List.of(CLIENT_ID),
            "Fetch the list of a taxpayer's 26AS statements",
            "Has Deepvue fetch the 26AS statements (Form 168 since 2026), which takes 5 to 30 s. 202 means that Deepvue is still"
                    + " fetching: ask again after some seconds; each request costs a call of the plan.",
            AnswerData.DOWNLOAD_26AS);

    public static final Operation AIS_DOWNLOAD = new Operation(
            "ais-download",
            Method.POST,
            BASE + "/ais-download",
            Effect.FETCHES,
            List.of(CLIENT_ID),
            "Fetch a taxpayer's annual information statement",
            "Has Deepvue fetch the annual information statement, which takes 5 to 30 s. While `data.status` is `pending`, or the status"
                    + " is 202, ask again after some seconds; each request costs a call of the plan.",
            AnswerData.AIS);

    public static final Operation GET_ITR_DETAILS = new Operation(
            "get-itr-details",
            Method.GET,
            BASE + "/get-itr-details",
            Effect.READS,
            List.of(CLIENT_ID, Field.id("itr_id", "The id of a return, from itr-download.", "itr_2024_1")),
            "Read one filed return",
            "Reads a return that itr-download has fetched. The answer can be several hundred KiB long.",
            AnswerData.GET_ITR_DETAILS);

    public static final Operation GET_26AS_DETAILS = new Operation(
            "get-26as-details",
            Method.GET,
            BASE + "/get-26as-details",
            Effect.READS,
            List.of(CLIENT_ID, Field.id("tds_id", "The id of a statement, from 26as-download.", "tds_2024")),
            "Read one 26AS statement",
            "Reads a statement that 26as-download has fetched. An empty list is a normal answer.",
            AnswerData.GET_26AS_DETAILS);

    public static final Operation GET_AIS_DETAILS = new Operation(
            "get-ais-details",
            Method.GET,
            BASE + "/get-ais-details",
            Effect.READS,
            List.of(
                    CLIENT_ID,
                    Field.id("financial_year", "The financial year, in the form that Deepvue uses.", "2023-24")),
            "Read the annual information statement of one year",
            "Reads a statement that ais-download has fetched.",
            AnswerData.AIS);

    /** All of them, in the order in which people read about them. */
    public static final List<Operation> ALL = List.of(
            CREATE_CLIENT,
            ITR_DOWNLOAD,
            DOWNLOAD_26AS,
            AIS_DOWNLOAD,
            GET_ITR_DETAILS,
            GET_26AS_DETAILS,
            GET_AIS_DETAILS);

    private static final Map<String, Operation> BY_PATH =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Operation::path, Function.identity()));

    private Operations() {}

    /** The operation at that path, whatever the method. */
    public static Optional<Operation> at(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }
}

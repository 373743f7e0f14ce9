package io.itrgateway.operation;

import java.util.List;
import java.util.Map;

/**
 * What is known of the member {@code data} of each success.
 *
 * @see <a href="https://docs.deepvue.ai/reference/itr/create-client">Deepvue's reference, read in November 2026; of the filed returns it
 *     names no members, and those of other services with the same data stand here</a>
 */
final class AnswerData {

    private static final String ID = "itr_qkgtvIwLcuooWhtrFFbK";
    private static final Member PAN = Member.text("pan_no", "The taxpayer's PAN.", "ABCDE1234F");

    static final Shape CREATE_CLIENT = new Shape(
            "CreateClientData",
            "The client id, under one of two names.",
            List.of(
                    Member.any("itr_client_id", "The client id that the other operations ask for.", ID),
                    Member.any("client_id", "The same where Deepvue gives it this name.", null)));

    private static final Shape ITR_STATUS = new Shape(
            "ItrStatus",
            "A step of the processing of a return.",
            List.of(
                    Member.text("status", "The step.", "Processed"),
                    Member.text("date", "When it was reached.", "2024-08-02")));

    private static final Shape FILED_ITR = new Shape(
            "FiledItr",
            "A filed return.",
            List.of(
                    Member.any(
                            "itr_id",
                            "The id that get-itr-details asks for: a string or an integer, to be sent as it came.",
                            "itr_2024_1"),
                    PAN,
                    Member.text("filing_year", "The year, such as `2024-2025` or `2024-25`.", "2024-2025"),
                    Member.any("acknowledgement_no", "The number of the acknowledgement.", "123456789012345"),
                    Member.text("itr_form", "The form.", "ITR-1"),
                    Member.text("filing_type", "Such as `Original` or `Revised`.", "Original"),
                    Member.text("filing_section", "The section of the law under which it was filed.", "139(1)"),
                    Member.text("filing_date", "When it was filed.", "2024-07-14"),
                    Member.list("itr_status", "The steps of its processing.", ITR_STATUS),
                    Member.text(
                            "download_link",
                            "A link to the document, signed, and valid for some minutes.",
                            "https://files.example/itr_2024_1.pdf?signature=made-up")));

    static final Shape ITR_DOWNLOAD = new Shape(
            "ItrDownloadData",
            "The filed returns.",
            List.of(
                    Member.any("client_id", "The client id of the request.", ID),
                    PAN,
                    Member.list("filed_itrs", "The filed returns.", FILED_ITR)));

    private static final Shape STATEMENT = new Shape(
            "TdsStatement",
            "A 26AS statement.",
            List.of(
                    Member.any("tds_id", "The id that get-26as-details asks for.", "tds_2024"),
                    Member.text("assessment_year", "The assessment year.", "2024-25")));

    static final Shape DOWNLOAD_26AS = new Shape(
            "Fetch26asDownloadData",
            "The 26AS statements.",
            List.of(
                    Member.any("client_id", "The client id of the request.", ID),
                    PAN,
                    Member.list("tds", "The statements.", STATEMENT)));

    static final Shape AIS = new Shape(
            "AisData",
            "The annual information statement.",
            List.of(
                    Member.any("itr_client_id", "The client id of the request.", ID),
                    PAN,
                    Member.text(
                            "ais_file",
                            "A link to the statement, signed; empty while it is pending.",
                            "https://files.example/ais_2024.json?signature=made-up"),
                    Member.text("file_type", "The format of the file; empty while it is pending.", "json"),
                    Member.text("status", "`completed`, or `pending`: then ask again after some seconds.", "completed"),
                    Member.text("financial_year", "The financial year, such as `2023-24`.", "2023-24")));

    static final Shape GET_ITR_DETAILS = new Shape(
            "GetItrDetailsData",
            "A filed return.",
            List.of(
                    Member.text("gender", "The taxpayer's gender.", "F"),
                    Member.text("name", "The taxpayer's name.", "ASHA RAO"),
                    Member.text("fathers_name", "The name of the taxpayer's father.", "MOHAN RAO"),
                    Member.text("email", "The taxpayer's e-mail address.", "asha@example.com"),
                    Member.any("pincode", "The postal code.", "560001"),
                    Member.any("aadhaar_no", "The Aadhaar number.", "XXXXXXXX1234"),
                    Member.any("mobile_no", "The mobile number.", "9000000000"),
                    Member.any("address", "The postal address.", "1 Example Street, Bengaluru"),
                    Member.any("income", "The total income.", "1200000.00"),
                    Member.any("gross_income", "The gross total income.", "1350000.00"),
                    Member.text("itr_type", "The form.", "ITR-1"),
                    Member.text("dob", "The date of birth, of a person.", "1990-01-31"),
                    Member.text("doi", "The date of incorporation, of a company.", null),
                    Member.any("raw_itr", "The whole return, up to several hundred KiB.", Map.of("ITR", Map.of()))));

    private static final Shape TDS_ENTRY = new Shape(
            "TdsEntry",
            "A deduction of tax. Amounts are usually decimal text such as `1200000.00`, dates such as `31-Mar-2024`.",
            List.of(
                    Member.any("sr_no", "The number in the statement.", "1"),
                    Member.text("name_of_deductor", "The deductor.", "EXAMPLE LIMITED"),
                    Member.text("tan_of_deductor", "The deductor's TAN.", "BLRA12345B"),
                    Member.any("total_amount_paid", "The total amount that the deductor paid.", "1200000.00"),
                    Member.any("total_tax_deducted", "The total tax deducted.", "120000.00"),
                    Member.any("total_tds_deposited", "The total tax deposited.", "120000.00"),
                    Member.any("section", "The section of the law.", "192"),
                    Member.text("transaction_date", "When it was paid.", "31-Mar-2024"),
                    Member.text("status_of_booking", "The status of the booking.", "F"),
                    Member.text("date_of_booking", "When it was booked.", "25-May-2024"),
                    Member.text("remarks", "Remarks.", null),
                    Member.any("amount_paid", "What was paid.", "100000.00"),
                    Member.any("tax_deducted", "The tax that was deducted.", "10000.00"),
                    Member.any("tds_deposited", "The tax that was deposited.", "10000.00")));

    static final Shape GET_26AS_DETAILS = new Shape(
            "Get26asDetailsData",
            "A 26AS statement.",
            List.of(
                    Member.text("assessment_year", "The assessment year.", "2024-25"),
                    Member.list("tds_data", "The deductions of tax.", TDS_ENTRY)));

    /** Nothing: of an operation that is relayed. */
    static final Shape UNKNOWN = new Shape("", "", List.of());

    private AnswerData() {}
}

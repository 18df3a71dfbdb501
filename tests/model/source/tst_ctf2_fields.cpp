// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <limits>

#include "tests/model/source/ctf2_text.h"

using namespace exitscope::ctf;
using namespace exitscope::testing;

namespace {

using Kind = FieldClass::Kind;

FieldClassPtr parsed(const std::vector<std::string> &members)
{
    return payloadOf(parseCtf2(withPayload(structure(members))));
}

FieldClassPtr parsedField(const std::string &field)
{
    return parsed({member("n", kU8), member("s", kI16),
                      member("b", json("{'type': 'fixed-length-boolean', 'length': 1, 'byte-order': 'little-endian'}")),
                      member("f", json(field))})
        ->members.at(3)
        .type;
}

std::string fieldError(const std::string &field)
{
    return errorOf(withPayload(structure({member("n", kU8), member("s", kI16),
        member("b", json("{'type': 'fixed-length-boolean', 'length': 1, 'byte-order': 'little-endian'}")),
        member("f", json(field))})));
}

} // namespace

class TestCtf2Fields : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsScalars()
    {
        const FieldClassPtr big = parsedField("{'type': 'fixed-length-signed-integer', 'length': 33, 'alignment': 4, "
                                              "'byte-order': 'big-endian', 'bit-order': 'last-to-first', "
                                              "'preferred-display-base': 16, 'mappings': {'x': [[-2, -1], [3, 3]]}}");
        QCOMPARE(big->kind, Kind::Integer);
        QCOMPARE(big->bits, 33u);
        QCOMPARE(big->alignment, 4u);
        QCOMPARE(big->byteOrder, ByteOrder::Big);
        QVERIFY(big->isSigned);
        QCOMPARE(big->labels.at("x").at(0).lower, std::uint64_t(-2));
        const FieldClassPtr number = parsedField(
            "{'type': 'fixed-length-floating-point-number', 'length': 64, 'byte-order': 'little-endian'}");
        QCOMPARE(number->kind, Kind::Float);
        const FieldClassPtr leb = parsedField("{'type': 'variable-length-signed-integer'}");
        QCOMPARE(leb->kind, Kind::VariableInteger);
        QVERIFY(leb->isSigned && leb->alignment == 8);
        QCOMPARE(parsedField("{'type': 'null-terminated-string'}")->alignment, 8u);
        QVERIFY(!fieldError("{'type': 'null-terminated-string', 'encoding': 'utf-16le'}").empty());
        QCOMPARE(parsedField("{'type': 'fixed-length-bit-map', 'length': 16, 'byte-order': 'little-endian', "
                             "'flags': {'F': [[3, 3]]}}")
                     ->bits,
            16u);
        const FieldClassPtr wide = parsedField("{'type': 'fixed-length-unsigned-integer', 'length': 64, 'byte-order': "
                                               "'little-endian', 'mappings': {'x': [[9007199254740993, "
                                               "18446744073709551615]]}}");
        QCOMPARE(wide->labels.at("x").at(0).lower, std::uint64_t(9007199254740993));
        QCOMPARE(wide->labels.at("x").at(0).upper, std::numeric_limits<std::uint64_t>::max());
    }

    void readsArraysAndTexts()
    {
        const FieldClassPtr text = parsedField("{'type': 'static-length-string', 'length': 16}");
        QCOMPARE(text->kind, Kind::Array);
        QVERIFY(text->isText && text->element->isCharacter && text->alignment == 8 && text->length == 16);
        const FieldClassPtr blob = parsedField(
            "{'type': 'dynamic-length-blob', 'length-field-location': {'path': ['n']}, 'media-type': 'image/tiff'}");
        QCOMPARE(blob->kind, Kind::Sequence);
        QVERIFY(!blob->isText && blob->element->bits == 8 && blob->alignment == 8);
        const FieldClassPtr array = parsedField("{'type': 'static-length-array', 'length': 32, 'minimum-alignment': "
                                                "32, 'element-field-class': {'type': 'fixed-length-boolean', "
                                                "'length': 1, 'byte-order': 'little-endian'}}");
        QVERIFY(array->alignment == 32 && array->element->alignment == 1);
        const FieldClassPtr sequence = parsedField("{'type': 'dynamic-length-array', 'length-field-location': "
                                                   "{'origin': 'event-record-payload', 'path': ['n']}, "
                                                   "'element-field-class': {'type': 'null-terminated-string'}}");
        QCOMPARE(*sequence->location.scope, Scope::Payload);
        QCOMPARE(sequence->location.path, std::vector<std::string>{"n"});
        QCOMPARE(sequence->alignment, 8u);
        QVERIFY(fieldError("{'type': 'static-length-blob', 'length': 0}").empty());
        QVERIFY(!fieldError("{'type': 'static-length-blob', 'length': 1048577}").empty());
    }

    void refusesFields()
    {
        const std::string head = "{'type': 'fixed-length-unsigned-integer', 'byte-order': 'little-endian', ";
        for (const char *rest : {"'length': 0}", "'length': 65}", "'length': 8, 'alignment': 3}",
                 "'length': 8, 'alignment': 0}", "'length': 8, 'alignment': 2097152}", "'length': 8, 'x': 1}",
                 "'length': 8, 'bit-order': 'last-to-first'}", "'length': 8, 'preferred-display-base': 3}",
                 "'length': 8, 'roles': ['event-record-class-id']}", "'length': 8, 'roles': ['king']}",
                 "'length': 8, 'mappings': {'x': []}}", "'length': 8, 'mappings': {'x': [[2, 1]]}}",
                 "'length': 8, 'mappings': {'x': [[1]]}}", "'length': 8, 'mappings': {'x': [[1, 2, 3]]}}",
                 "'length': 8, 'mappings': {'x': [[1, 18446744073709551616]]}}", "'length': 8, 'attributes': 1}",
                 "'length': 8, 'extensions': {'ns': {'e': null}}}"})
            QVERIFY2(!fieldError(head + rest).empty(), rest);
        QVERIFY(fieldError(head + "'length': 8, 'extensions': {}}").empty());
        for (const char *field : {"'unknown'", "1", "{}", "{'type': 'union'}",
                 "{'type': 'fixed-length-floating-point-number', 'length': 16, 'byte-order': 'little-endian'}",
                 "{'type': 'fixed-length-bit-array', 'length': 8, 'byte-order': 'middle-endian'}",
                 "{'type': 'structure', 'member-classes': [{'name': 'a', 'field-class': {'type': 'structure'}}, "
                 "{'name': 'a', 'field-class': {'type': 'structure'}}]}"})
            QVERIFY2(!fieldError(field).empty(), field);
        QVERIFY(!errorOf(withPayload(kU8)).empty());
    }

    void readsOptionals()
    {
        const std::string tail = ", 'field-class': {'type': 'null-terminated-string'}}";
        const auto optional = [&](const std::string &selector, const std::string &ranges) {
            return "{'type': 'optional', 'selector-field-location': {'path': ['" + selector + "']}" + ranges + tail;
        };
        const FieldClassPtr byFlag = parsedField(optional("b", ""));
        QCOMPARE(byFlag->kind, Kind::Optional);
        QVERIFY(byFlag->presentBy.at(0).lower == 1 && byFlag->presentBy[0].upper == ~std::uint64_t(0));
        QCOMPARE(byFlag->alignment, 1u);
        QCOMPARE(parsedField(optional("s", ", 'selector-field-ranges': [[-5, 0]]"))->presentBy.at(0).lower,
            std::uint64_t(-5));
        for (const auto &[selector, ranges] : std::vector<std::pair<std::string, std::string>>{{"n", ""},
                 {"b", ", 'selector-field-ranges': [[1, 1]]"}, {"n", ", 'selector-field-ranges': [[-1, 1]]"},
                 {"s", ", 'selector-field-ranges': [[1, 9223372036854775808]]"}, {"f", ""}, {"x", ""}})
            QVERIFY2(!fieldError(optional(selector, ranges)).empty(), (selector + ranges).c_str());
    }

    void readsVariants()
    {
        const auto option = [](const std::string &more, const std::string &ranges) {
            return "{" + more + "'selector-field-ranges': " + ranges + ", 'field-class': {'type': 'structure'}}";
        };
        const auto variant = [](const std::string &selector, const std::string &options) {
            return "{'type': 'variant', 'selector-field-location': {'path': ['" + selector + "']}, 'options': ["
                + options + "]}";
        };
        const FieldClassPtr field = parsedField(
            variant("s", option("", "[[-5, -3], [7, 7]]") + ", " + option("'name': '_x', ", "[[-2, 6]]")));
        QCOMPARE(field->kind, Kind::Variant);
        QCOMPARE(field->options.at(0).selectedBy.at(0).upper, std::uint64_t(-3));
        QCOMPARE(field->options.at(1).name, std::string("_x"));
        for (const std::string &broken : {variant("n", ""), variant("b", option("", "[[1, 1]]")),
                 variant("n", option("", "[[1, 5]]") + "," + option("", "[[5, 6]]")),
                 variant("s", option("", "[[-1, 5]]") + "," + option("", "[[0, 0]]")),
                 variant("n", option("'name': 'x', ", "[[1, 1]]") + "," + option("'name': 'x', ", "[[2, 2]]")),
                 variant("n", option("", "[[-1, -1]]")), variant("n", option("", "[]"))})
            QVERIFY2(!fieldError(broken).empty(), broken.c_str());
    }

    void keepsNames()
    {
        const FieldClassPtr payload = parsed({member("_x", kU8)});
        QCOMPARE(payload->members[0].name, std::string("_x"));
        QCOMPARE(payload->members[0].original, std::string("_x"));
    }

    void resolvesParents()
    {
        const auto string = [](const std::string &path) {
            return json("{'type': 'dynamic-length-string', 'length-field-location': {'path': " + path + "}}");
        };
        const std::string inner = structure({member("len", kU8), member("t", string("[null, 'len']"))});
        const FieldClassPtr outer = parsed({member("len", kU8), member("in", inner)});
        const FieldLocation absolute = outer->members[1].type->members[1].type->location;
        QCOMPARE(*absolute.scope, Scope::Payload);
        QCOMPARE(absolute.path, std::vector<std::string>{"len"});
        // Only the innermost structure is meant without a parent.
        QVERIFY(!errorOf(
            withPayload(structure({member("len", kU8), member("in", structure({member("t", string("['len']"))}))})))
                     .empty());
        QVERIFY(!errorOf(withPayload(structure({member("len", kU8), member("t", string("[null, 'len']"))}))).empty());
        QVERIFY(!errorOf(withPayload(structure({member("t", string("['len']")), member("len", kU8)}))).empty());
        QVERIFY(!errorOf(withPayload(structure({member("len", kU8), member("t", string("['len', null]"))}))).empty());
        QVERIFY(!errorOf(withPayload(structure({member("t", string("[]"))}))).empty());
        const FieldClassPtr deep = parsed({member("a", structure({member("b", structure({member("n", kU8)}))})),
            member("t", string("['a', 'b', 'n']"))});
        QCOMPARE(deep->members[1].type->location.path, (std::vector<std::string>{"a", "b", "n"}));
    }

    void resolvesWithinArrays()
    {
        const auto array = [](const std::string &element) {
            return json("{'type': 'static-length-array', 'length': 3, 'element-field-class': ") + element + "}";
        };
        const auto string = [](const std::string &location) {
            return json("{'type': 'dynamic-length-string', 'length-field-location': {" + location + "}}");
        };
        const auto elementsText = [&](const std::string &location, const std::string &inner) {
            return parsed({member("len", kU8),
                              member("a", array(structure({member(inner, kU8), member("t", string(location))})))})
                ->members[1]
                .type->element->members[1]
                .type->location;
        };
        // Of the element itself, although an absolute location leads there.
        const FieldLocation own = elementsText("'origin': 'event-record-payload', 'path': ['a', 'x']", "x");
        QVERIFY(!own.scope && own.path == std::vector<std::string>{"x"});
        const FieldLocation outer = elementsText("'path': [null, 'len']", "len");
        QVERIFY(outer.scope == Scope::Payload && outer.path == std::vector<std::string>{"len"});
        // Neither a name nor an absolute location would tell which `len` of the two structures in the array.
        const std::string inmost = structure({member("len", kU8), member("t", string("'path': [null, 'len']"))});
        QVERIFY(!errorOf(
            withPayload(structure({member("a", array(structure({member("len", kU8), member("in", inmost)})))})))
                     .empty());
        QVERIFY(!errorOf(withPayload(structure({member("a", array(structure({member("len", kU8)}))),
                             member("t", string("'path': ['a', 'len']"))})))
                     .empty());
    }

    void resolvesOtherScopes()
    {
        const auto text = [](const std::string &origin) {
            return structure({member("t",
                json("{'type': 'dynamic-length-string', 'length-field-location': {"
                     "'origin': '"
                    + origin + "', 'path': ['n']}}"))});
        };
        const auto metadata = [&](const std::string &origin) {
            return sequence({kPreamble,
                json("{'type': 'data-stream-class', 'event-record-common-context-field-class': ")
                    + structure({member("n", kU8)}) + "}",
                json("{'type': 'event-record-class', 'payload-field-class': ") + text(origin) + "}"});
        };
        const TraceClass trace = parseCtf2(metadata("event-record-common-context"));
        QCOMPARE(*payloadOf(trace)->members[0].type->location.scope, Scope::CommonContext);
        for (const char *origin : {"packet-header", "packet-context", "event-record-specific-context", "moon"})
            QVERIFY2(!errorOf(metadata(origin)).empty(), origin);
        QVERIFY(!errorOf(sequence({kPreamble,
                             json("{'type': 'data-stream-class', 'packet-context-field-class': ")
                                 + text("event-record-header") + "}"}))
                     .empty());
    }
};

QTEST_GUILESS_MAIN(TestCtf2Fields)
#include "tst_ctf2_fields.moc"

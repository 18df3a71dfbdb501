// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <functional>
#include <limits>

#include "tests/model/source/ctf2_text.h"

using namespace exitscope::ctf;
using namespace exitscope::testing;

namespace {

std::string contextError(const std::string &field, const std::string &clock)
{
    return errorOf(sequence({kPreamble, kClock,
        json("{'type': 'data-stream-class', " + clock + "'packet-context-field-class': ")
            + structure({member("x", json(field))}) + "}"}));
}

// As LTTng 2.15 writes it, on the whole.
std::string lttngMetadata()
{
    const auto u = [](const std::string &bits, const std::string &role) {
        return json("{'type': 'fixed-length-unsigned-integer', 'length': " + bits
            + ", 'alignment': 8, 'byte-order': 'little-endian', 'roles': ['" + role + "']}");
    };
    const auto alias = [](const std::string &name, const std::string &field) {
        return json("{'type': 'field-class-alias', 'name': '" + name + "', 'field-class': ") + field + "}";
    };
    const std::string variant = json("{'type': 'variant', 'selector-field-location': {'path': ['id']}, 'options': ["
                                     "{'name': 'compact', 'selector-field-ranges': [[0, 30]], 'field-class': {"
                                     "'type': 'structure', 'member-classes': [{'name': 'timestamp', 'field-class': {"
                                     "'type': 'fixed-length-unsigned-integer', 'length': 27, "
                                     "'byte-order': 'little-endian', 'roles': ['default-clock-timestamp']}}]}}, "
                                     "{'name': 'extended', 'selector-field-ranges': [[31, 31]], 'field-class': ")
        + structure({member("id", "\"u32-id\""), member("timestamp", "\"u64-ts\"")}) + "}]}";
    const std::string id = json("{'type': 'fixed-length-unsigned-integer', 'length': 5, 'byte-order': "
                                "'little-endian', 'mappings': {'compact': [[0, 30]], 'extended': [[31, 31]]}, "
                                "'roles': ['event-record-class-id']}");
    return sequence({kPreamble, alias("u32-id", u("32", "event-record-class-id")),
        alias("u64-ts", u("64", "default-clock-timestamp")),
        alias("er-header", structure({member("id", id), member("v", variant)})), alias("er-header-2", "\"er-header\""),
        alias("pkt-ctx",
            structure({member("begin", "\"u64-ts\""), member("end", u("64", "packet-end-default-clock-timestamp")),
                member("content", u("64", "packet-content-length")), member("size", u("64", "packet-total-length")),
                member("number", u("64", "packet-sequence-number")),
                member("lost", u("64", "discarded-event-record-counter-snapshot"))})),
        alias("pkt-header",
            structure({member("magic", u("32", "packet-magic-number")),
                member("uuid", json("{'type': 'static-length-blob', 'length': 16, 'roles': ['metadata-stream-uuid']}")),
                member("stream", u("32", "data-stream-class-id")), member("instance", u("64", "data-stream-id"))})),
        json("{'type': 'trace-class', 'namespace': 'lttng.org,2009', 'name': '', "
             "'uid': 'E53E0AB8-50a1-4f0a-b710-b5f0bba9c4ac', 'environment': {'domain': 'kernel', 'tracer_major': 2, "
             "'low': -9223372036854775808}, 'packet-header-field-class': 'pkt-header'}"),
        kClock,
        json("{'type': 'data-stream-class', 'id': 7, 'default-clock-class-id': 'c', "
             "'packet-context-field-class': 'pkt-ctx', 'event-record-header-field-class': 'er-header-2'}"),
        json("{'type': 'event-record-class', 'data-stream-class-id': 7, 'id': 18446744073709551615, 'name': "
             "'kvm_exit', 'payload-field-class': {'type': 'structure'}, "
             "'attributes': {'lttng.org,2009': {'log-level': 'info'}}}")});
}

// Each way to leave out one property of the object, at any depth.
void withoutOne(const QJsonValue &value, const std::function<void(const QJsonValue &, const QString &)> &take)
{
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        QJsonObject less = object;
        less.remove(it.key());
        take(less, it.key());
        withoutOne(it.value(), [&](const QJsonValue &inner, const QString &name) {
            QJsonObject changed = object;
            changed[it.key()] = inner;
            take(changed, name);
        });
    }
    const QJsonArray array = value.toArray();
    for (qsizetype i = 0; i < array.size(); ++i) {
        withoutOne(
            array.at(i),
            [&](const QJsonValue &inner, const QString &name) {
                QJsonArray changed = array;
                changed[i] = inner;
                take(changed, name);
            });
    }
}

} // namespace

class TestCtf2Metadata : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recognizesSequences()
    {
        QVERIFY(isCtf2(sequence({kPreamble})));
        QVERIFY(!isCtf2("/* CTF 1.8 */"));
        QVERIFY(!isCtf2(""));
        QVERIFY(!errorOf("").empty());
        QVERIFY(!errorOf(kPreamble).empty());
        QVERIFY(!errorOf(std::string(5, '\x1e')).empty());
    }

    void readsLttng()
    {
        const TraceClass trace = parseCtf2(lttngMetadata());
        QCOMPARE(trace.traceUuid, std::string("e53e0ab8-50a1-4f0a-b710-b5f0bba9c4ac"));
        QCOMPARE(trace.uuid->at(15), std::uint8_t(172));
        QCOMPARE(std::get<std::string>(trace.environment.at("domain")), std::string("kernel"));
        QCOMPARE(std::get<std::int64_t>(trace.environment.at("low")), std::numeric_limits<std::int64_t>::min());
        const auto &header = trace.packetHeader->members;
        const Role roles[] = {Role::Magic, Role::Uuid, Role::StreamClassId, Role::StreamId};
        for (std::size_t i = 0; i < 4; ++i)
            QCOMPARE(header.at(i).type->role, roles[i]);
        QCOMPARE(header[1].type->kind, FieldClass::Kind::Array);
        QCOMPARE(header[1].type->length, std::uint64_t(16));
        QCOMPARE(header[1].type->element->bits, 8u);
        const StreamClass &stream = trace.streams.at(7);
        const Role context[] = {Role::BeginTime, Role::EndTime, Role::ContentSize, Role::PacketSize, Role::PacketNumber,
            Role::DiscardedEvents};
        for (std::size_t i = 0; i < 6; ++i)
            QCOMPARE(stream.packetContext->members.at(i).type->role, context[i]);
        QCOMPARE(stream.events.at(std::numeric_limits<std::uint64_t>::max()).name, std::string("kvm_exit"));
    }

    void readsLttngsEventHeader()
    {
        const TraceClass trace = parseCtf2(lttngMetadata());
        const FieldClass &header = *trace.streams.at(7).eventHeader;
        QCOMPARE(header.alignment, 1u);
        QCOMPARE(header.members[0].type->role, Role::EventClassId);
        QCOMPARE(header.members[0].type->labels.at("compact").at(0).upper, std::uint64_t(30));
        const FieldClass &variant = *header.members[1].type;
        QVERIFY(!variant.location.scope);
        QCOMPARE(variant.location.path, std::vector<std::string>{"id"});
        QCOMPARE(variant.alignment, 1u);
        QCOMPARE(variant.options[0].type->members[0].type->role, Role::Time);
        QCOMPARE(variant.options[0].type->members[0].type->bits, 27u);
        QCOMPARE(variant.options[1].selectedBy.at(0).lower, std::uint64_t(31));
        QCOMPARE(variant.options[1].type->alignment, 8u);
        QCOMPARE(variant.options[1].type->members[0].type->role, Role::EventClassId);
        QCOMPARE(variant.options[1].type->members[1].type->role, Role::Time);
    }

    void readsClocks()
    {
        const ClockClass clock = parseCtf2(lttngMetadata()).clocks.at(0);
        QCOMPARE(clock.name, std::string("monotonic"));
        QCOMPARE(clock.uuid, std::string("62709a67-d43b-4b35-962e-e793dfb823c5"));
        QCOMPARE(clock.frequency, std::uint64_t(1000));
        QCOMPARE(clock.offsetSeconds, std::int64_t(-18003));
        QCOMPARE(clock.offsetCycles, std::uint64_t(999));
        const auto error = [](const std::string &more) {
            return errorOf(sequence({kPreamble, json("{'type': 'clock-class', " + more + "}"),
                json("{'type': 'data-stream-class', 'default-clock-class-name': 'n'}")}));
        };
        QVERIFY(error("'name': 'n', 'frequency': 18446744073709551615").empty());
        QVERIFY(error("'id': 'n', 'frequency': 1, 'origin': {'name': 'a', 'uid': 'b'}").empty());
        for (const char *more : {"'id': 'n'", "'frequency': 1", "'id': 'n', 'frequency': 0",
                 "'id': 'n', 'frequency': 18446744073709551616", "'id': 'n', 'frequency': 1.0",
                 "'id': 'n', 'frequency': 1e9", "'id': 'n', 'frequency': '1'", "'id': 'n', 'frequency': -1",
                 "'id': 'm', 'frequency': 1", "'id': 'n', 'frequency': 1, 'origin': 'big-bang'",
                 "'id': 'n', 'frequency': 1, 'origin': {'name': 'a'}", "'id': 'n', 'frequency': 1, 'frequency': 1",
                 "'id': 'n', 'frequency': 5, 'offset-from-origin': {'cycles': 5}",
                 "'id': 'n', 'frequency': 5, 'offset-from-origin': {'seconds': 9223372036854775808}",
                 "'id': 'n', 'frequency': 5, 'offset-from-origin': {'years': 1}", "'id': 'n', 'frequency': 01",
                 "'id': 'n', 'frequency': .5", "'id': 'n', 'frequency': +5", "'id': 'n', 'frequency': 5."})
            QVERIFY2(!error(more).empty(), more);
    }

    void takesThePreamblesUuidWithoutUid()
    {
        const std::string stream = json("{'type': 'data-stream-class'}");
        QCOMPARE(
            parseCtf2(sequence({kPreamble, stream})).traceUuid, std::string("e53e0ab8-50a1-4f0a-b710-b5f0bba9c4ac"));
        const TraceClass trace = parseCtf2(sequence(
            {json("{'type': 'preamble', 'version': 2}"), json("{'type': 'trace-class', 'uid': 'any'}"), stream}));
        QCOMPARE(trace.traceUuid, std::string("any"));
        QVERIFY(!trace.uuid);
    }

    void checksRoles()
    {
        const std::string head = "{'type': 'fixed-length-unsigned-integer', 'length': 64, 'byte-order': "
                                 "'little-endian', 'roles': ";
        const std::string clock = "'default-clock-class-id': 'c', ";
        QVERIFY(contextError(head + "['packet-total-length']}", "").empty());
        QVERIFY(contextError(head + "['default-clock-timestamp']}", clock).empty());
        QVERIFY(!contextError(head + "['default-clock-timestamp']}", "").empty());
        QVERIFY(!contextError(head + "['packet-total-length', 'packet-content-length']}", "").empty());
        QVERIFY(!contextError(head + "['packet-magic-number']}", "").empty());
        QVERIFY(!contextError("{'type': 'fixed-length-signed-integer', 'length': 64, 'byte-order': 'little-endian', "
                              "'roles': ['packet-total-length']}",
            "")
                     .empty());
        std::string noUuid = lttngMetadata();
        noUuid.replace(1, kPreamble.size(), json("{'type': 'preamble', 'version': 2}"));
        QVERIFY(!errorOf(noUuid).empty());
    }

    void checksTheOrderOfFragments()
    {
        const std::string stream = json("{'type': 'data-stream-class'}");
        const std::string event = json("{'type': 'event-record-class'}");
        const std::string trace = json("{'type': 'trace-class'}");
        QVERIFY(errorOf(sequence({kPreamble, "", trace, stream, event})).empty() == false); // an empty line is none
        QVERIFY(errorOf('\x1e' + sequence({kPreamble, trace, stream, event})).empty());
        for (const auto &fragments : std::vector<std::vector<std::string>>{{stream}, {kPreamble},
                 {kPreamble, kPreamble, stream}, {kPreamble, stream, stream}, {kPreamble, stream, trace},
                 {kPreamble, trace, trace, stream}, {kPreamble, event, stream}, {kPreamble, stream, event, event},
                 {kPreamble, kClock, kClock, stream}, {kPreamble, stream, json("{'type': 'poem'}")},
                 {kPreamble, stream, "[]"}, {kPreamble, stream, "{}"}, {kPreamble, stream, "null"}})
            QVERIFY(!errorOf(sequence(fragments)).empty());
    }

    void namesExtensions()
    {
        const std::string error = errorOf(sequence(
            {json("{'type': 'preamble', 'version': 2, 'extensions': {'my.tracer': {'piano': {'keys': 88}}}}")}));
        QVERIFY2(error.find("my.tracer/piano") != std::string::npos, error.c_str());
    }

    void resolvesOnlyAliasesBefore()
    {
        const auto alias = [](const std::string &name, const std::string &field) {
            return json("{'type': 'field-class-alias', 'name': '" + name + "', 'field-class': ") + field + "}";
        };
        const std::string stream = json("{'type': 'data-stream-class'}");
        QVERIFY(errorOf(sequence({kPreamble, alias("a", kU8), alias("b", "\"a\""), stream})).empty());
        for (const auto &aliases :
            std::vector<std::vector<std::string>>{{alias("b", "\"a\""), alias("a", kU8)}, {alias("a", "\"a\"")},
                {alias("a", kU8), alias("a", kU8)}, {alias("a", structure({member("x", "\"a\"")}))}}) {
            std::vector<std::string> fragments{kPreamble};
            fragments.insert(fragments.end(), aliases.begin(), aliases.end());
            QVERIFY(!errorOf(sequence(fragments)).empty());
        }
        std::vector<std::string> doubling{kPreamble, alias("a0", kU8)};
        for (int i = 1; i < 40; ++i) {
            const std::string before = "\"a" + std::to_string(i - 1) + "\"";
            doubling.push_back(alias("a" + std::to_string(i), structure({member("x", before), member("y", before)})));
        }
        QVERIFY(errorOf(sequence(doubling)).find("too many fields") != std::string::npos);
    }

    void tellsWhere()
    {
        const std::string error = errorOf(withPayload(
            "\n" + structure({member("a", structure({member("b\n", json("{'type': 'static-length-string'}"))}))})));
        QCOMPARE(error,
            std::string("fragment 3 (line 4), field \"a\".\"b?\": property \"length\" of a "
                        "\"static-length-string\" is missing"));
    }

    void requiresProperties()
    {
        // Those that have a default; all others must be there.
        const QByteArrayList optional{"attributes", "default-clock-class-id", "description", "environment", "id", "low",
            "domain", "tracer_major", "lttng.org,2009", "log-level", "namespace", "uid", "origin", "precision",
            "accuracy", "offset-from-origin", "seconds", "cycles", "mappings", "compact", "extended", "roles",
            "alignment", "payload-field-class", "packet-header-field-class", "packet-context-field-class",
            "event-record-header-field-class", "member-classes", "data-stream-class-id", "name"};
        const QList<QByteArray> fragments = QByteArray::fromStdString(lttngMetadata()).split('\x1e');
        int tried = 0;
        for (qsizetype i = 1; i < fragments.size(); ++i) {
            withoutOne(
                QJsonDocument::fromJson(fragments[i]).object(),
                [&](const QJsonValue &less, const QString &name) {
                    QList<QByteArray> broken = fragments;
                    broken[i] = QJsonDocument(less.toObject()).toJson();
                    const std::string error = errorOf(broken.join('\x1e').toStdString());
                    QVERIFY2(!error.empty() || optional.contains(name.toUtf8()), qPrintable(name));
                    ++tried;
                });
        }
        QVERIFY2(tried > 150, qPrintable(QString::number(tried)));
    }

    void survivesAnyByte()
    {
        const std::string good = lttngMetadata();
        constexpr char kBytes[] = "\0\n\x1e \"',:[]{}019-+.eE\\u\x7f\x80\xc3\xff";
        const std::string bytes(kBytes, sizeof kBytes - 1);
        int errors = 0;
        for (std::size_t i = 0; i < good.size(); ++i) {
            for (std::size_t b = i % 5; b < bytes.size(); b += 5) { // each of them often enough
                std::string broken = good;
                broken[i] = bytes[b];
                errors += !errorOf(broken).empty();
            }
            errors += !errorOf(good.substr(0, i)).empty();
        }
        QVERIFY(errors > int(good.size()));
    }

    void isQuick()
    {
        QElapsedTimer timer;
        timer.start();
        std::string deep = R"({"type": "structure"})";
        for (int i = 0; i < 64; ++i)
            deep = structure({member("x", deep)});
        QVERIFY(errorOf(withPayload(deep)).empty());
        QVERIFY(!errorOf(withPayload(structure({member("x", deep)}))).empty());
        QVERIFY(!errorOf(withPayload(std::string(4'000'000, '['))).empty());
        QVERIFY(!errorOf(withPayload(std::string(4'000'000, '1'))).empty());
        QVERIFY(errorOf(withPayload(structure({member(std::string(4'000'000, 'n'), kU8)}))).empty());
        QVERIFY(!errorOf(withPayload(structure({member(std::string(4'000'000, 'n'), "1")}))).empty());
        std::vector<std::string> many{member("len", kU8)};
        for (int i = 0; i < 20'000; ++i)
            many.push_back(member("t" + std::to_string(i),
                json("{'type': 'dynamic-length-string', 'length-field-location': {'path': ['len']}}")));
        QVERIFY(errorOf(withPayload(structure(many))).empty());
        QVERIFY2(timer.elapsed() < 30'000, "quadratic?");
    }
};

QTEST_GUILESS_MAIN(TestCtf2Metadata)
#include "tst_ctf2_metadata.moc"

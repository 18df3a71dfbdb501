// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <cstdint>
#include <limits>
#include <memory>

#include "app/cli/csv_writer.h"
#include "app/cli/json_writer.h"
#include "app/cli/text_table.h"

using namespace exitscope;
using namespace std::string_view_literals;

class TestWriters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jsonLayout();
    void jsonIntegersAreExact();
    void jsonEscapes();
    void csvFields();
    void csvOfManyRows();
    void failureOfTheDiskIsTold();
    void tableIsAligned();
};

namespace {

QByteArray csvOf(const auto &write)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::tmpfile(), std::fclose);
    Output output(file.get());
    {
        CsvWriter csv(output);
        write(csv);
    }
    QString error;
    if (!output.finish(error))
        return "failed: " + error.toUtf8();
    QByteArray text(std::ftell(file.get()), '\0');
    std::rewind(file.get());
    text.resize(qsizetype(std::fread(text.data(), 1, std::size_t(text.size()), file.get())));
    return text;
}

} // namespace

void TestWriters::jsonLayout()
{
    JsonWriter json;
    json.beginObject();
    json.key("a").integer(1);
    json.key("none").beginArray();
    json.endArray();
    json.key("list").beginArray();
    json.beginObject();
    json.key("x").decimal(2.5, 4);
    json.key("y").decimal(std::nullopt, 4);
    json.key("z").integer(std::optional<std::int64_t>());
    json.endObject();
    json.boolean(true);
    json.endArray();
    json.endObject();
    QCOMPARE(json.result(),
        QByteArray("{\n \"a\": 1,\n \"none\": [],\n \"list\": [\n  {\n   \"x\": 2.5000,\n   \"y\": null,\n"
                   "   \"z\": null\n  },\n  true\n ]\n}\n"));
}

void TestWriters::jsonIntegersAreExact()
{
    JsonWriter json;
    json.beginArray();
    json.integer((std::int64_t(1) << 53) + 1);
    json.integer(std::numeric_limits<std::int64_t>::max());
    json.integer(std::numeric_limits<std::int64_t>::min());
    json.endArray();
    QCOMPARE(json.result(), QByteArray("[\n 9007199254740993,\n 9223372036854775807,\n -9223372036854775808\n]\n"));
}

void TestWriters::jsonEscapes()
{
    const QString text = QStringLiteral("a\"b\\c\n\t\x01µ💡");
    JsonWriter json;
    json.beginObject();
    json.key("text").text(text);
    json.endObject();
    QVERIFY(json.result().contains("\\u0001µ💡"));
    QCOMPARE(QJsonDocument::fromJson(json.result()).object()[QStringLiteral("text")].toString(), text);
}

void TestWriters::csvFields()
{
    const QByteArray text = csvOf([](CsvWriter &csv) {
        csv.text("plain"sv).text("a,b"sv).text("say \"a\""sv).text("two\nlines"sv).text(QStringLiteral("µ"));
        csv.endRow();
        csv.empty().integer(-5).integer(std::optional<std::int64_t>()).hex(0xffffffff8107e914).decimal(2.5, 1);
        csv.decimal(std::nullopt, 1);
        csv.endRow();
        csv.empty();
        csv.endRow();
    });
    QCOMPARE(
        text, QByteArray("plain,\"a,b\",\"say \"\"a\"\"\",\"two\nlines\",µ\r\n,-5,,0xffffffff8107e914,2.5,\r\n\r\n"));
}

void TestWriters::csvOfManyRows()
{
    constexpr int kRows = 100'000;
    const QByteArray text = csvOf([](CsvWriter &csv) {
        for (int i = 0; i < kRows; ++i) {
            csv.integer(i).integer(i);
            csv.endRow();
        }
    });
    QCOMPARE(text.count("\r\n"), kRows);
    QVERIFY(text.startsWith("0,0\r\n1,1\r\n"));
    QVERIFY(text.endsWith("\r\n99999,99999\r\n"));
}

void TestWriters::failureOfTheDiskIsTold()
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE *)> full(std::fopen("/dev/full", "w"), std::fclose);
    QVERIFY(full);
    Output output(full.get());
    output.write("x");
    QString error;
    QVERIFY(!output.finish(error));
    QVERIFY(error.contains(QStringLiteral("space")));
}

void TestWriters::tableIsAligned()
{
    const QString name = QStringLiteral("Name");
    TextTable table({name, QStringLiteral("N")}, {name});
    table.add({QStringLiteral("a"), QStringLiteral("1,000")});
    table.add({QStringLiteral("longer"), QStringLiteral("2")});
    QCOMPARE(table.text(), QStringLiteral("  Name        N\n  a       1,000\n  longer      2\n"));
}

QTEST_GUILESS_MAIN(TestWriters)
#include "tst_writers.moc"

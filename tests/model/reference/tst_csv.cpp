// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/reference/csv.h"

using namespace exitscope;

class TestCsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void records_data();
    void records();
    void malformed_data();
    void malformed();
};

void TestCsv::records_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<QStringList>>("expected");
    using Records = QList<QStringList>;

    QTest::newRow("nothing") << QString() << Records{};
    QTest::newRow("LF") << QStringLiteral("a,b\nc,d\n")
                        << Records{
                               {QStringLiteral("a"), QStringLiteral("b")}, {QStringLiteral("c"), QStringLiteral("d")}};
    QTest::newRow("CRLF, no end") << QStringLiteral("a\r\nb") << Records{{QStringLiteral("a")}, {QStringLiteral("b")}};
    QTest::newRow("empty fields") << QStringLiteral(",\n") << Records{{QString(), QString()}};
    QTest::newRow("comma in quotes") << QStringLiteral("\"a,b\",c\n")
                                     << Records{{QStringLiteral("a,b"), QStringLiteral("c")}};
    QTest::newRow("doubled quote") << QStringLiteral("\"say \"\"a\"\"\"\n") << Records{{QStringLiteral("say \"a\"")}};
    QTest::newRow("line end in quotes") << QStringLiteral("\"a\r\nb\"\n") << Records{{QStringLiteral("a\r\nb")}};
    QTest::newRow("empty quotes") << QStringLiteral("\"\",x") << Records{{QString(), QStringLiteral("x")}};
}

void TestCsv::records()
{
    QFETCH(QString, text);
    QFETCH(QList<QStringList>, expected);
    const auto parsed = parseCsv(text);
    QVERIFY(parsed);
    QCOMPARE(QList<QStringList>(parsed->begin(), parsed->end()), expected);
}

void TestCsv::malformed_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("open quote") << QStringLiteral("\"a,b\n");
    QTest::newRow("quote inside") << QStringLiteral("a\"b\n");
    QTest::newRow("text after quote") << QStringLiteral("\"a\"b\n");
    QTest::newRow("lone CR") << QStringLiteral("a\rb\n");
}

void TestCsv::malformed()
{
    QFETCH(QString, text);
    QVERIFY(!parseCsv(text));
}

QTEST_GUILESS_MAIN(TestCsv)
#include "tst_csv.moc"

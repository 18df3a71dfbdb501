// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "app/cli/options.h"

using namespace exitscope;

class TestOptions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyOption();
    void defaults();
    void accounts();
    void rolesMayHaveCommas();
    void readerOfTheEnvironment();
    void help_data();
    void help();
    void wrongUsage_data();
    void wrongUsage();
};

namespace {

std::variant<Options, Answer> parse(const char *line)
{
    return parseOptions(QString::fromUtf8(line).split(QLatin1Char(' '), Qt::SkipEmptyParts));
}

} // namespace

void TestOptions::everyOption()
{
    const auto parsed = parse("report --format json --strict --from +1s --to=+2s --vcpu a/0,a/1 --vcpu b/0 "
                              "--reason hlt --reason 2:96,io --scenario halt --role p=host --min-ns 5 --max-ns 9 "
                              "--join q,r --join s --reader /r one two");
    QVERIFY(std::holds_alternative<Options>(parsed));
    const Options &options = std::get<Options>(parsed);
    QVERIFY(options.command == Command::Report && options.format == ReportFormat::Json && options.strict);
    QCOMPARE(options.selection.from, QStringLiteral("+1s"));
    QCOMPARE(options.selection.to, QStringLiteral("+2s"));
    QCOMPARE(options.selection.vcpus, (QStringList{QStringLiteral("a/0,a/1"), QStringLiteral("b/0")}));
    QCOMPARE(options.selection.reasons, (QStringList{QStringLiteral("hlt"), QStringLiteral("2:96,io")}));
    QCOMPARE(options.selection.scenarios, QStringList{QStringLiteral("halt")});
    QCOMPARE(options.selection.minNs, QStringLiteral("5"));
    QCOMPARE(options.selection.maxNs, QStringLiteral("9"));
    QVERIFY(options.load.roles == (std::map<QString, TraceRole>{{QStringLiteral("p"), TraceRole::Host}}));
    QCOMPARE(options.load.joined, (QStringList{QStringLiteral("q,r"), QStringLiteral("s")}));
    QCOMPARE(options.load.readerProgram, QStringLiteral("/r"));
    QCOMPARE(options.paths, (QStringList{QStringLiteral("one"), QStringLiteral("two")}));
}

void TestOptions::defaults()
{
    for (const auto &[line, command] : {std::pair("report x", Command::Report), {"intervals x", Command::Intervals},
             {"exits x", Command::Exits}, {"info x", Command::Info}}) {
        const auto parsed = parse(line);
        QVERIFY(std::holds_alternative<Options>(parsed));
        const Options &options = std::get<Options>(parsed);
        QVERIFY(options.command == command && options.format == ReportFormat::Text && !options.strict);
        QVERIFY(options.selection.from.isEmpty() && options.selection.vcpus.isEmpty() && options.load.roles.empty());
    }
}

void TestOptions::accounts()
{
    const auto parsed = parse("accounts --by reason,address --top 7 --format csv --address 0x10,32 --pcpu none x");
    QVERIFY(std::holds_alternative<Options>(parsed));
    const Options &options = std::get<Options>(parsed);
    QVERIFY(options.command == Command::Accounts && options.format == ReportFormat::Csv);
    QVERIFY(options.keys == (std::vector<AccountKey>{AccountKey::Reason, AccountKey::Address}));
    QCOMPARE(options.top.value(), std::size_t(7));
    QCOMPARE(options.selection.addresses, QStringList{QStringLiteral("0x10,32")});
    QCOMPARE(options.selection.pcpus, QStringList{QStringLiteral("none")});
    QVERIFY(!options.folded);
    const auto folded = parse("accounts --by reason --folded gross x");
    QVERIFY(std::holds_alternative<Options>(folded));
    QVERIFY(std::get<Options>(folded).folded == Measure::Gross);
    QVERIFY(options.sortedBy == Measure::Net);
    const auto sorted = parse("accounts --by reason --sort count x");
    QVERIFY(std::holds_alternative<Options>(sorted));
    QVERIFY(std::get<Options>(sorted).sortedBy == Measure::Count);
}

void TestOptions::rolesMayHaveCommas()
{
    const auto parsed = parse("info --role a,b=host,c=guest --role d=e=guest x");
    QVERIFY(std::holds_alternative<Options>(parsed));
    const std::map<QString, TraceRole> expected{{QStringLiteral("a,b"), TraceRole::Host},
        {QStringLiteral("c"), TraceRole::Guest}, {QStringLiteral("d=e"), TraceRole::Guest}};
    QVERIFY(std::get<Options>(parsed).load.roles == expected);
}

void TestOptions::readerOfTheEnvironment()
{
    qputenv("EXITSCOPE_READER", "/from/environment");
    const auto parsed = parse("info x");
    qunsetenv("EXITSCOPE_READER");
    QCOMPARE(std::get<Options>(parsed).load.readerProgram, QStringLiteral("/from/environment"));
}

void TestOptions::help_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QStringList>("parts");
    const QStringList general{QStringLiteral("report"), QStringLiteral("intervals"), QStringLiteral("exits"),
        QStringLiteral("info"), QStringLiteral("--strict")};
    const QStringList common{QStringLiteral("--from"), QStringLiteral("--to"), QStringLiteral("--vcpu"),
        QStringLiteral("--reason"), QStringLiteral("--scenario"), QStringLiteral("--min-ns"),
        QStringLiteral("--max-ns"), QStringLiteral("--role"), QStringLiteral("--join"), QStringLiteral("PATH...")};
    QTest::newRow("general") << QStringLiteral("--help") << general;
    QTest::newRow("report") << QStringLiteral("report --help") << common + QStringList{QStringLiteral("--format")};
    QTest::newRow("accounts") << QStringLiteral("accounts --help")
                              << common
            + QStringList{QStringLiteral("--format"), QStringLiteral("--by"), QStringLiteral("--top"),
                QStringLiteral("--address"), QStringLiteral("--pcpu")};
    for (const char *command : {"intervals", "exits", "info"})
        QTest::newRow(command) << QString(QString::fromUtf8(command) % QStringLiteral(" -h")) << common;
}

void TestOptions::help()
{
    QFETCH(QString, line);
    QFETCH(QStringList, parts);
    const auto parsed = parse(qPrintable(line));
    QVERIFY(std::holds_alternative<Answer>(parsed));
    const Answer &answer = std::get<Answer>(parsed);
    QVERIFY(answer.status == ExitStatus::Success);
    for (const QString &part : parts)
        QVERIFY2(answer.text.contains(part), qPrintable(part));
    QVERIFY(!answer.text.contains(QStringLiteral("--reader"))); // for tests
}

void TestOptions::wrongUsage_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *line, const char *part) {
        QTest::newRow(line) << QString::fromUtf8(line) << QString::fromUtf8(part);
    };
    row("", "no command");
    row("frobnicate x",
        "there are: report, accounts, takers, halts, guests, threads, syscalls, interrupts, phases, intervals, exits, "
        "events");
    row("threads --by reason x", "there are: thread, process, program");
    row("report", "no PATH");
    row("report --frobnicate x", "frobnicate");
    row("report --format xml x", "text, json, csv");
    row("exits --format csv x", "format");
    row("accounts x", "--by says what to group by");
    row("accounts --by reason,colour x", "there is no key 'colour'; there are: vm, vcpu, reason");
    row("accounts --by vm,vm x", "twice");
    row("accounts --by vm --top 0 x", "'0' is no number of rows");
    row("accounts --by vm --top some x", "'some' is no number of rows");
    row("accounts --by vm --format xml x", "text, json, csv");
    row("accounts --by vm --folded time x", "there is no measure 'time'; there are: count, gross, net");
    row("accounts --by vm --folded net --format csv x", "--folded goes neither with --format nor with --sort");
    row("accounts --by vm --folded net --sort net x", "--folded goes neither with --format nor with --sort nor");
    row("accounts --by vm --sort address x", "there is no measure 'address'; there are: count, gross, net");
    row("takers --sort count x", "sort");
    row("report --from= x", "--from needs a value");
    row("report x --vcpu", "vcpu");
    row("report --role x=router x", "'x=router' is no role");
    row("report --role =host x", "needs a path");
    row("report --role a=host,b x", "is no role");
}

void TestOptions::wrongUsage()
{
    QFETCH(QString, line);
    QFETCH(QString, part);
    const auto parsed = parse(qPrintable(line));
    QVERIFY(std::holds_alternative<Answer>(parsed));
    const Answer &answer = std::get<Answer>(parsed);
    QVERIFY(answer.status == ExitStatus::Usage);
    QVERIFY2(answer.text.contains(part), qPrintable(answer.text));
    QCOMPARE(answer.text.count(QLatin1Char('\n')), 1);
}

QTEST_GUILESS_MAIN(TestOptions)
#include "tst_options.moc"

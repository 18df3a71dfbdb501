// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include "app/manual/completion.h"
#include "app/manual/manual.h"
#include "model/causes/finding_rules.h"
#include "model/diagnostic_codes.h"
#include "model/timeline/vcpu_state.h"
#include "tests/tools/program.h"

using namespace exitscope;
using namespace exitscope::test;

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

QString sample()
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
}

// The options that a program lists of itself: "  -h, --help  …", "  --from <TIME>  …".
QSet<QString> listedOptions(const QByteArray &help)
{
    static const QRegularExpression option(
        QStringLiteral("^  (?:-[a-z?], )*(--[a-z-]+)"), QRegularExpression::MultilineOption);
    QSet<QString> options;
    for (auto it = option.globalMatch(QString::fromUtf8(help)); it.hasNext();)
        options.insert(it.next().captured(1));
    options.remove(QStringLiteral("--help-all")); // Qt's own
    return options;
}

QSet<QString> namesOf(const QList<ManualOption> &options)
{
    QSet<QString> names;
    for (const ManualOption &option : options)
        names.insert(option.name);
    return names;
}

void collectKeys(const QJsonValue &value, QSet<QString> &keys)
{
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        keys.insert(it.key());
        collectKeys(it.value(), keys);
    }
    for (const QJsonValue &element : value.toArray())
        collectKeys(element, keys);
}

QString commandLinePage()
{
    return manualPage(QStringLiteral("command-line"))->markdown;
}

} // namespace

// Whatever the programs have, the manual tells of it; and it tells of nothing that they have not. (Keys are compared in
// tst_command_table, the words of diagnostic codes in tst_diagnostic_codes.)
class TestManualCompleteness : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commands();
    void optionsOfCommands();
    void optionsOfTheWindow();
    void valuesOfOptions();
    void diagnosticCodes();
    void statesAndScenarios();
    void findings();
    void columnsOfLists();
    void membersOfTheReport();
};

void TestManualCompleteness::commands()
{
    static const QRegularExpression there(QStringLiteral("there are: ([a-z, ]*[a-z])"));
    const QString told = runCli({QStringLiteral("frobnicate")}).err;
    const QStringList commands = there.match(told).captured(1).split(QStringLiteral(", "));
    QVERIFY2(commands.size() > 4, qPrintable(told));
    QStringList manual = manualCommands();
    manual.append(QStringLiteral("help"));
    QCOMPARE(manual, commands);
}

void TestManualCompleteness::optionsOfCommands()
{
    for (const QString &command : manualCommands()) {
        const QSet<QString> listed = listedOptions(runCli({command, QStringLiteral("--help")}).out);
        QVERIFY2(listed.size() > 3, qPrintable(command));
        QCOMPARE(namesOf(commandOptions(command)), listed);
    }
}

void TestManualCompleteness::optionsOfTheWindow()
{
    const ProgramResult help
        = runProgram(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope"), {QStringLiteral("--help")});
    QCOMPARE(help.status, 0);
    QCOMPARE(namesOf(windowOptions()), listedOptions(help.out));
}

// Each value that an option's row names in code is taken; what is not among them is refused.
void TestManualCompleteness::valuesOfOptions()
{
    int tried = 0;
    for (const ManualOption &option : commandOptions(QStringLiteral("report"))) {
        const QStringList values = valuesOf(option);
        if (option.name != QLatin1String("--format") && option.name != QLatin1String("--scenario"))
            continue;
        QVERIFY(values.size() > 2);
        for (const QString &value : values) {
            const ProgramResult result = runCli({QStringLiteral("report"), option.name, value, sample()});
            QVERIFY2(result.status == 0, qPrintable(result.err));
            ++tried;
        }
    }
    QCOMPARE(tried, 3 + kScenarios);
}

void TestManualCompleteness::diagnosticCodes()
{
    for (const CodeInfo &row : kCodes)
        QVERIFY2(!manualTold(text(row.text)).isEmpty(), row.text.data());
}

void TestManualCompleteness::statesAndScenarios()
{
    QStringList words;
    for (const VcpuStateInfo &state : kVcpuStateTable)
        words.append(text(state.name));
    for (const std::string_view scenario : kScenarioNames)
        words.append(text(scenario));
    for (const QString &word : words) {
        const QList<Block> told = manualTold(word);
        QVERIFY2(!told.isEmpty(), qPrintable(word));
    }
    QVERIFY(words.size() > 10);
}

void TestManualCompleteness::findings()
{
    const QString page = manualPage(QStringLiteral("findings"))->markdown;
    QStringList told, known;
    static const QRegularExpression row(QStringLiteral("^\\| `([a-z0-9-]+)` \\|"), QRegularExpression::MultilineOption);
    for (auto it = row.globalMatch(page); it.hasNext();)
        told << it.next().captured(1);
    for (const FindingRule &rule : findingRules()) {
        known << rule.id;
        const QString percent = rule.leastPercent > 0 ? QStringLiteral("%1 %").arg(rule.leastPercent) : QString();
        const QString perSecond = rule.leastPerSecond > 0 ? QStringLiteral("%1/s").arg(rule.leastPerSecond) : QString();
        const QString both = percent.isEmpty() || perSecond.isEmpty() ? QString() : QStringLiteral(", ");
        const QString line
            = QStringLiteral("| `%1` | %2 | %3 | %4 | %5 |")
                  .arg(rule.id, percent % both % perSecond, surenessName(rule.sureness), rule.title, rule.advice);
        QVERIFY2(page.contains(line), qPrintable(line));
    }
    QCOMPARE(told, known);
}

void TestManualCompleteness::columnsOfLists()
{
    for (const char *command : {"intervals", "exits"}) {
        const QByteArray out = runCli({QString::fromUtf8(command), sample()}).out;
        const QString titles = QString::fromUtf8(out.left(out.indexOf('\n'))).trimmed();
        QVERIFY(titles.startsWith(QStringLiteral("vm,vcpu,")));
        QVERIFY2(commandLinePage().contains(QString(QStringLiteral("    ") % titles % QLatin1Char('\n'))), command);
    }
}

void TestManualCompleteness::membersOfTheReport()
{
    QSet<QString> keys;
    collectKeys(cliReport(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample"), {}), keys); // with its guest
    QVERIFY(keys.contains(QStringLiteral("untraced_vcpus")));
    QVERIFY(keys.size() > 40);
    const QString page = commandLinePage();
    for (const QString &key : std::as_const(keys))
        QVERIFY2(page.contains(QString(QLatin1Char('"') % key % QLatin1Char('"'))), qPrintable(key));
}

QTEST_GUILESS_MAIN(TestManualCompleteness)
#include "tst_manual_completeness.moc"

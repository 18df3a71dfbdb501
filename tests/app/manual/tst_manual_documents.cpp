// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/manual/completion.h"
#include "app/manual/man_page.h"
#include "app/manual/manual.h"
#include "tests/tools/program.h"

using namespace exitscope;
using namespace exitscope::test;

namespace {

QStringList programs()
{
    return {QStringLiteral("exitscope"), QStringLiteral("exitscope-cli")};
}

// What bash offers for a command line that ends with the word to complete.
QStringList completions(const QString &line)
{
    const QStringList words = line.split(QLatin1Char(' '));
    QString function = QString(QLatin1Char('_') % words.front()).replace(QLatin1Char('-'), QLatin1Char('_'));
    const QString call
        = QStringLiteral("%1\nCOMP_WORDS=(%2 '%3'); COMP_CWORD=%4; %5\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n")
              .arg(bashCompletion(words.front()), words.mid(0, words.size() - 1).join(QLatin1Char(' ')), words.back(),
                  QString::number(words.size() - 1), function);
    const ProgramResult result = runProgram(QStringLiteral("bash"), {QStringLiteral("-c"), call});
    if (result.status != 0 || !result.err.isEmpty())
        return {result.err};
    return QString::fromUtf8(result.out).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

} // namespace

// The man pages and the completion of bash, as the programs that use them see them.
class TestManualDocuments : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void manPagesHaveNoFaults();
    void manPagesTellEverything();
    void completes_data();
    void completes();
};

void TestManualDocuments::manPagesHaveNoFaults()
{
    QTemporaryDir directory;
    for (const QString &program : programs()) {
        QFile file(directory.filePath(program));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(manPage(program, QStringLiteral("1.2.3")).toUtf8());
        file.close();
        const ProgramResult shown = runProgram(QStringLiteral("groff"),
            {QStringLiteral("-man"), QStringLiteral("-Tutf8"), QStringLiteral("-k"), QStringLiteral("-wmac"),
                QStringLiteral("-wescape"), file.fileName()});
        QCOMPARE(shown.status, 0);
        QCOMPARE(shown.err, QString());
        QVERIFY(QString::fromUtf8(shown.out).contains(QStringLiteral("ExitScope 1.2.3")));
    }
    QVERIFY(manPage(QStringLiteral("exitscope-reader"), {}).isEmpty());
}

void TestManualDocuments::manPagesTellEverything()
{
    const auto told = [](const QString &program) {
        return manPage(program, {}).replace(QStringLiteral("\\-"), QStringLiteral("-"));
    };
    for (const QString &command : manualCommands()) {
        QVERIFY2(told(programs()[1]).contains(QStringLiteral("\\fB%1\\fR").arg(command)), qPrintable(command));
        for (const ManualOption &option : commandOptions(command))
            QVERIFY2(told(programs()[1]).contains(option.name), qPrintable(option.name));
    }
    const QString window = told(programs()[0]);
    QVERIFY(window.contains(QStringLiteral("--export CHART")) && window.contains(QStringLiteral("Ctrl+Shift+Z")));
    for (const QString &program : programs())
        for (const char *left : {"**", "](", "\n- ", "| "})
            QVERIFY2(!told(program).contains(QString::fromUtf8(left)), left);
}

void TestManualDocuments::completes_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *line, const char *expected) {
        QTest::newRow(line) << QString::fromUtf8(line) << QString::fromUtf8(expected);
    };
    row("exitscope-cli in", "interrupts intervals info");
    row("exitscope-cli help de", "definitions");
    row("exitscope-cli report --f", "--format --from");
    row("exitscope-cli sync --m", "--map");
    row("exitscope-cli exits --m", "--min-ns --max-ns --map");
    row("exitscope-cli report --format ", "text json csv");
    row("exitscope-cli report --scenario p", "page-fault preempted");
    row("exitscope-cli exits --reason cpu", "cpuid");
    row("exitscope --s", "--size --scale --scenario --symbol --symbols --syscall --source");
    row("exitscope --export r", "reasons runs");
    row("exitscope --theme ", "light dark desktop");
}

void TestManualDocuments::completes()
{
    QFETCH(QString, line);
    QFETCH(QString, expected);
    QCOMPARE(completions(line).join(QLatin1Char(' ')), expected);
}

QTEST_GUILESS_MAIN(TestManualDocuments)
#include "tst_manual_documents.moc"

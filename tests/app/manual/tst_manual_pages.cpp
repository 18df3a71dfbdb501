// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

#include "app/manual/manual.h"
#include "app/manual/terminal_page.h"
#include "tests/tools/program.h"

using namespace exitscope;
using namespace exitscope::test;

namespace {

QString source(const QString &path)
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/") % path;
}

QString contentOf(const QString &path)
{
    QFile file(source(path));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

bool hasSection(const QString &markdown, const QString &slug)
{
    const QList<Block> blocks = blocksOf(markdown);
    return std::ranges::any_of(
        blocks, [&](const Block &block) { return block.kind == Block::Kind::Heading && slugOf(block.text) == slug; });
}

// All targets of links and pictures.
QStringList targetsOf(const QString &markdown)
{
    static const QRegularExpression link(QStringLiteral("\\]\\(([^)]+)\\)"));
    QStringList targets;
    for (auto it = link.globalMatch(markdown); it.hasNext();)
        targets.append(it.next().captured(1));
    return targets;
}

// The first block of code that begins so.
QStringList codeBeginning(const QString &markdown, const QString &begin)
{
    for (const Block &block : blocksOf(markdown))
        if (block.kind == Block::Kind::Code && block.lines.value(0).startsWith(begin))
            return block.lines;
    return {};
}

} // namespace

class TestManualPages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFileIsAPage();
    void everyLinkLeadsSomewhere();
    void readmeIsForNewcomers();
    void reportIsThatOfTheSample();
    void blocks();
    void spans();
    void pagesFitTheTerminal();
    void helpFinds_data();
    void helpFinds();
    void helpOfNothing();
};

void TestManualPages::everyFileIsAPage()
{
    QStringList files = QDir(source(QStringLiteral("resources/manual"))).entryList({QStringLiteral("*.md")});
    QStringList pages;
    for (const ManualPage &page : manualPages()) {
        pages.append(page.name % QStringLiteral(".md"));
        QVERIFY(page.markdown.startsWith(QStringLiteral("# ")));
    }
    pages.sort();
    QCOMPARE(files, pages);
}

void TestManualPages::everyLinkLeadsSomewhere()
{
    const QStringList files{QStringLiteral("README.md"), QStringLiteral("CONTRIBUTING.md")};
    QStringList all = files;
    for (const ManualPage &page : manualPages())
        all.append(QStringLiteral("resources/manual/%1.md").arg(page.name));
    int links = 0;
    for (const QString &file : all) {
        for (const QString &target : targetsOf(contentOf(file))) {
            const QString path = target.section(QLatin1Char('#'), 0, 0);
            const QString section = target.section(QLatin1Char('#'), 1);
            const QString led
                = path.isEmpty() ? file : QDir::cleanPath(QFileInfo(file).path() % QLatin1Char('/') % path);
            const QString told = QString(file % QStringLiteral(": ") % target);
            QVERIFY2(QFileInfo::exists(source(led)), qPrintable(told));
            QVERIFY2(section.isEmpty() || hasSection(contentOf(led), section), qPrintable(told));
            ++links;
        }
    }
    QVERIFY(links > 20);
}

void TestManualPages::readmeIsForNewcomers()
{
    const QString readme = contentOf(QStringLiteral("README.md"));
    QVERIFY(!readme.isEmpty());
    QVERIFY2(readme.toUtf8().size() <= 14'000, qPrintable(QString::number(readme.toUtf8().size())));
    for (const ManualPage &page : manualPages())
        QVERIFY2(readme.contains(QStringLiteral("(resources/manual/%1.md)").arg(page.name)), qPrintable(page.name));
}

// Texts show the begin of the report of the sample as it is.
void TestManualPages::reportIsThatOfTheSample()
{
    const QString root = source({});
    QString out = QString::fromUtf8(runCli({QStringLiteral("report"), source(QStringLiteral("resources/sample"))}).out);
    const QStringList report = out.replace(root, QString()).split(QLatin1Char('\n'));
    const QString begin = QStringLiteral("Host l1host:");
    for (const char *file : {"README.md", "resources/manual/command-line.md"}) {
        const QStringList shown = codeBeginning(contentOf(QString::fromUtf8(file)), begin);
        QVERIFY2(shown.size() > 10, file);
        QCOMPARE(shown, report.mid(0, shown.size()));
    }
}

void TestManualPages::blocks()
{
    const QList<Block> read
        = blocksOf(QStringLiteral("# Title\n\nOne\ntwo\n\n    code\n\n      more\n\n- a\n  b\n- c\n1. d\n\n"
                                  "| x | y |\n| --- | --- |\n| `1` |  |\nend\n"));
    using Kind = Block::Kind;
    QCOMPARE(read.size(), qsizetype(8));
    QCOMPARE(read[0].text, QStringLiteral("Title"));
    QCOMPARE(read[0].level, 1);
    QCOMPARE(read[1].text, QStringLiteral("One two"));
    QVERIFY(read[2].kind == Kind::Code);
    QCOMPARE(read[2].lines, (QStringList{QStringLiteral("code"), QString(), QStringLiteral("  more")}));
    QVERIFY(read[3].kind == Kind::Item);
    QCOMPARE(read[3].text, QStringLiteral("a b"));
    QCOMPARE(read[5].marker, QStringLiteral("1."));
    QVERIFY(read[6].kind == Kind::Table);
    QCOMPARE(read[6].rows.back(), (QStringList{QStringLiteral("`1`"), QString()}));
    QVERIFY(read[7].kind == Kind::Paragraph);
}

void TestManualPages::spans()
{
    using Style = Span::Style;
    const QList<Span> expected{{Style::Plain, QStringLiteral("irq_*, "), {}}, {Style::Code, QStringLiteral("a_*"), {}},
        {Style::Plain, QStringLiteral(" x_* "), {}}, {Style::Italic, QStringLiteral("b"), {}},
        {Style::Plain, QStringLiteral(" "), {}}, {Style::Bold, QStringLiteral("c"), {}},
        {Style::Plain, QStringLiteral(" "), {}}, {Style::Plain, QStringLiteral("d"), QStringLiteral("e.md#f")}};
    QVERIFY(spansOf(QStringLiteral("irq_*, `a_*` x_* *b* **c** [d](e.md#f)![g](h.png)")) == expected);
    QCOMPARE(
        slugOf(QStringLiteral("\"No kvm_x86 events\": the probes")), QStringLiteral("no-kvm_x86-events-the-probes"));
}

void TestManualPages::pagesFitTheTerminal()
{
    for (const ManualPage &page : manualPages()) {
        const QString text = terminalPage(blocksOf(page.markdown), 80);
        QVERIFY(text.size() > 500);
        for (const QString &line : text.split(QLatin1Char('\n'))) {
            QVERIFY2(!line.contains(QStringLiteral("](")) && !line.contains(QStringLiteral("**")), qPrintable(line));
            const bool isCode = line.startsWith(QStringLiteral("    "));
            QVERIFY2(line.size() <= 80 || isCode || !line.contains(QLatin1Char(' ')), qPrintable(line));
        }
    }
}

void TestManualPages::helpFinds_data()
{
    QTest::addColumn<QString>("topic");
    QTest::addColumn<QString>("begin");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *topic, const char *begin, const char *part) {
        QTest::newRow(topic) << QString::fromUtf8(topic) << QString::fromUtf8(begin) << QString::fromUtf8(part);
    };
    row("clocks", "Clocks of guests\n====", "Containment");
    row("runs and exits", "Runs and exits\n----", "entry_to_exit_event_ns");
    row("Overhead", "- Overhead of a stretch of time", "halt_kvm");
    row("loss", "Loss. When a tracer", "first KVM event at which no pCPU is blind");
    row("blocked", "Blocked", "a lock, disk I/O");
    row("page-fault", "page-fault", "nested page tables");
    row("--map", "--map PATH=", "of: all but info");
    row("stream-cut", "stream-cut", "severity: warning; --strict: yes");
    row("report", "Usage: exitscope-cli report", "exitscope-report/1");
}

void TestManualPages::helpFinds()
{
    QFETCH(QString, topic);
    QFETCH(QString, begin);
    QFETCH(QString, part);
    const ProgramResult result = runCli(QStringList{QStringLiteral("help")} + topic.split(QLatin1Char(' ')));
    QCOMPARE(result.status, 0);
    const QString text = QString::fromUtf8(result.out);
    QVERIFY2(text.startsWith(begin), qPrintable(text.left(80)));
    QVERIFY2(text.simplified().contains(part), qPrintable(text));
}

void TestManualPages::helpOfNothing()
{
    const ProgramResult all = runCli({QStringLiteral("help")});
    QCOMPARE(all.status, 0);
    for (const ManualPage &page : manualPages())
        QVERIFY2(QString::fromUtf8(all.out).contains(page.summary), qPrintable(page.name));
    const ProgramResult none = runCli({QStringLiteral("help"), QStringLiteral("frobnication")});
    QCOMPARE(none.status, 1);
    QVERIFY(none.out.isEmpty());
    QVERIFY(none.err.contains(QStringLiteral("'exitscope-cli help' lists its pages")));
}

QTEST_GUILESS_MAIN(TestManualPages)
#include "tst_manual_pages.moc"

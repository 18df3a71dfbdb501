// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QJsonArray>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstdint>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "model/source/file_access.h"
#include "model/source/path_bytes.h"
#include "tests/app/exported.h"
#include "tests/tools/program.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using test::cliReport;
using test::contentOf;
using test::ExportResult;
using test::kSample;
using test::run;
using test::text;

class TestExportCommand : public QObject, private test::Exported {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(isValid()); }
    void everyChartInEveryFormat_data();
    void everyChartInEveryFormat();
    void sizeScaleAndTheme();
    void captionTellsRecordingRangeAndFilters();
    void timelineOfManyVcpusIsHighEnough();
    void rangeIsWhatATimelineShowsAndElsewhereTheSelection();
    void filtersAreThoseOfTheCommandLine();
    void exitsAreThoseOfTheCommandLine_data();
    void exitsAreThoseOfTheCommandLine();
    void measureWeighs();
    void rangeWithoutAnEndHasTheLastExit();
    void nothingIsOverwrittenUnasked();
    void aLinkIsNoWayAround();
    void whatComesMeanwhileStays();
    void wrongUsage_data();
    void wrongUsage();
    void theWindowTakesNoFilters();
    void unwritablePlace();
    void fullDisk();
    void namesThatAreNoUtf8();
    void nothingReadable();
    void windowNeedsADisplay();
};

void TestExportCommand::everyChartInEveryFormat_data()
{
    QTest::addColumn<QString>("chart");
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<QByteArray>("magic");
    for (const char *chart : {"timeline", "overview", "reasons", "durations", "runs", "heatmap", "flame"}) {
        QTest::addRow("%s.png", chart) << text(chart) << text("png") << QByteArray("\x89PNG");
        QTest::addRow("%s.svg", chart) << text(chart) << text("svg") << QByteArray("<?xml");
        QTest::addRow("%s.pdf", chart) << text(chart) << text("pdf") << QByteArray("%PDF-");
    }
}

void TestExportCommand::everyChartInEveryFormat()
{
    QFETCH(QString, chart);
    QFETCH(QString, suffix);
    QFETCH(QByteArray, magic);
    const QString file = path(chart + QLatin1Char('.') + suffix);
    const ExportResult result = run({text("--export"), chart, text("--output"), file, text(kSample)});
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QVERIFY(contentOf(file).startsWith(magic));
}

void TestExportCommand::sizeScaleAndTheme()
{
    const QString file = fileFor("png");
    QCOMPARE(run({text("--export=reasons"), text("--output"), file, text("--size"), text("400x300"), text("--scale"),
                     text("2"), text("--theme"), text("dark"), text(kSample)})
                 .status,
        0);
    const QImage image(file);
    QCOMPARE(image.size(), QSize(800, 600));
    QVERIFY(image.pixelColor(1, 1).lightness() < 60);
}

void TestExportCommand::captionTellsRecordingRangeAndFilters()
{
    const QStringList filters{
        text("--reason"), text("cpuid"), text("--from"), text("+0.5s"), text("--to"), text("+2s")};
    const QByteArray caption = "1.50 s from +500 ms of 4.20 s · only reason cpuid";
    QVERIFY2(svg("timeline", filters + QStringList{text("--caption")}).contains(caption), "no caption");
    QVERIFY(!svg("timeline", filters).contains(caption));
}

void TestExportCommand::timelineOfManyVcpusIsHighEnough()
{
    std::string script;
    for (int vcpu = 0; vcpu < 40; ++vcpu) {
        const std::string tid = " tid=" + std::to_string(100 + vcpu);
        script += std::to_string(1000 + 10 * vcpu) + " p0 kvm_entry" + tid + "\n" + std::to_string(1004 + 10 * vcpu)
            + " p0 kvm_exit reason=48 isa=1" + tid + "\n";
    }
    exitscope::testing::WrittenRecording many;
    many.add(script);
    const QString file = path(text("many.png"));
    const QStringList arguments{
        text("--export"), text("timeline"), text("--output"), file, many.path(), text("--force")};
    QCOMPARE(run(arguments).status, 0);
    QVERIFY2(QImage(file).height() > 40 * 30, qPrintable(QString::number(QImage(file).height())));
    QCOMPARE(run(arguments + QStringList{text("--size"), text("500x300")}).status, 0); // as it was asked for
    QCOMPARE(QImage(file).size(), QSize(500, 300));
}

void TestExportCommand::rangeIsWhatATimelineShowsAndElsewhereTheSelection()
{
    const QStringList range{text("--from"), text("+2.9s"), text("--to"), text("+2.90005s")};
    const QByteArray timeline = svg("timeline", range);
    QVERIFY(timeline.contains(">cpuid</text>"));
    QVERIFY2(!timeline.contains(">2.5</text>"), timeline.left(200).constData());
    QVERIFY(svg("timeline", {}).contains(">2.5</text>"));
    // The overview shows all, with the selection on it.
    const QByteArray overview = svg("overview", range);
    QVERIFY(overview.contains(">2.5</text>"));
    // As many exits as exitscope-cli report tells of that range.
    const QByteArray reasons = svg("reasons", {text("--from"), text("+2.9s"), text("--to"), text("+3s")});
    QVERIFY(reasons.contains("Shares of 1,748 exits"));
}

void TestExportCommand::filtersAreThoseOfTheCommandLine()
{
    const QByteArray durations = svg("durations", {text("--reason"), text("cpuid")});
    QVERIFY(durations.contains("p50 24.2 µs")); // as exitscope-cli report --reason cpuid
    const ExportResult wrong = run({text("--export"), text("reasons"), text("--output"), fileFor("png"), text("--vcpu"),
        text("nobody/7"), text(kSample)});
    QCOMPARE(wrong.status, 1);
    QVERIFY(wrong.err.contains(text("nobody/7")));
    QVERIFY(!QFile::exists(fileFor("png")));
}

void TestExportCommand::exitsAreThoseOfTheCommandLine_data()
{
    QTest::addColumn<QStringList>("filters");
    for (const char *filter : {"--thread pio-289", "--process pio-289", "--syscall none", "--context irq:4",
             "--thread swapper/0", "--address 0x401525", "--pcpu 1", "--symbol user%20code", "--target port:0x6100",
             "--region port:0x6100", "--userspace KVM_EXIT_IO", "--touch none"}) {
        QStringList words = text(filter).split(QLatin1Char(' '));
        words.last().replace(text("%20"), text(" "));
        QTest::newRow(filter) << words;
    }
}

void TestExportCommand::exitsAreThoseOfTheCommandLine()
{
    QFETCH(QStringList, filters);
    filters << text(EXITSCOPE_SOURCE_DIR "/resources/sample/vm0");
    std::int64_t count = 0;
    for (const QJsonValue &reason : cliReport(text(kSample), filters).value(text("reasons")).toArray())
        count += reason[text("count")].toInteger();
    QVERIFY(count > 0);
    const QByteArray picture = svg("reasons", filters);
    const QByteArray told = "Shares of " + QLocale(QLocale::English).toString(count).toUtf8() + " exits";
    QVERIFY2(picture.contains(told), told.constData());
}

void TestExportCommand::measureWeighs()
{
    QVERIFY(svg("reasons", {text("--measure"), text("gross")}).contains(">hlt 9")); // 6.86 s of 7.49 s
    QVERIFY(svg("reasons", {text("--measure"), text("net")}).contains(">io 35.9"));
    QVERIFY(svg("durations", {text("--measure"), text("net")}).contains("net duration"));
}

// As exitscope-cli: without --to the last event counts.
void TestExportCommand::rangeWithoutAnEndHasTheLastExit()
{
    const QString trace = text(EXITSCOPE_SOURCE_DIR "/tests/data/storms/host-min");
    const QString file = path(text("end.svg"));
    QCOMPARE(
        run({text("--export"), text("reasons"), text("--from"), text("+3s"), text("--output"), file, trace}).status, 0);
    std::int64_t count = 0;
    for (const QJsonValue &reason : cliReport(trace, {text("--from"), text("+3s")}).value(text("reasons")).toArray())
        count += reason[text("count")].toInteger();
    QVERIFY(count > 0);
    const QByteArray told = QByteArray::number(count) + " exits";
    QVERIFY2(contentOf(file).contains(told), told.constData());
}

void TestExportCommand::nothingIsOverwrittenUnasked()
{
    const QString file = fileFor("svg");
    QFile mine(file);
    QVERIFY(mine.open(QIODevice::WriteOnly));
    mine.write("mine");
    mine.close();
    const QStringList arguments{text("--export"), text("runs"), text("--output"), file, text(kSample)};
    const ExportResult refused = run(arguments);
    QCOMPARE(refused.status, 4);
    QVERIFY(refused.err.contains(file) && refused.err.contains(text("--force")));
    QCOMPARE(contentOf(file), QByteArray("mine"));
    QCOMPARE(run(QStringList{text("--force")} + arguments).status, 0);
    QVERIFY(contentOf(file).startsWith("<?xml"));
}

// A link that leads nowhere is no file yet: what it leads to would be written.
void TestExportCommand::aLinkIsNoWayAround()
{
    const QString target = path(text("target.svg"));
    const QString link = fileFor("svg");
    QVERIFY(QFile::link(target, link));
    const ExportResult refused = run({text("--export"), text("runs"), text("--output"), link, text(kSample)});
    QCOMPARE(refused.status, 4);
    QVERIFY(refused.err.contains(link));
    QVERIFY(!QFile::exists(target));
    QVERIFY(QFileInfo(link).isSymLink());
}

// It looked, and there was none; while it reads, there comes one.
void TestExportCommand::whatComesMeanwhileStays()
{
    const QString file = fileFor("svg");
    QFile reader(path(text("slow-reader.sh")));
    QVERIFY(reader.open(QIODevice::WriteOnly));
    reader.write("#!/bin/sh\ntouch " + path(text("asked")).toUtf8() + "\nwhile [ ! -e " + path(text("go")).toUtf8()
        + " ]; do sleep 0.02; done\nexec " EXITSCOPE_BINARY_DIR "/exitscope-reader \"$@\"\n");
    reader.close();
    QVERIFY(reader.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    QProcess process;
    process.start(text(EXITSCOPE_BINARY_DIR "/exitscope"),
        {text("--export"), text("runs"), text("--output"), file, text("--reader"), reader.fileName(), text(kSample)});
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path(text("asked"))), 30'000);
    const auto write = [](const QString &to, const char *content) {
        QFile written(to);
        return written.open(QIODevice::WriteOnly) && written.write(content) > 0;
    };
    QVERIFY(write(file, "mine") && write(path(text("go")), "go"));
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 4);
    QVERIFY(process.readAllStandardError().contains(file.toUtf8()));
    QCOMPARE(contentOf(file), QByteArray("mine"));
    QCOMPARE(QDir(directory()).entryList({text("whatComesMeanwhileStays*")}, QDir::Files).size(), 1);
}

void TestExportCommand::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("told");
    const QString output = text("--output");
    const auto row = [&](const char *name, const QStringList &arguments, const char *told) {
        QTest::newRow(name) << arguments << text(told);
    };
    row("no such chart", {text("--export"), text("pie"), output, path(text("a.png")), text(kSample)}, "'pie'");
    row("no output", {text("--export"), text("runs"), text(kSample)}, "--output");
    row("no such format", {text("--export"), text("runs"), output, path(text("a.jpg")), text(kSample)}, "a.jpg");
    row("no path", {text("--export"), text("runs"), output, path(text("a.png"))}, "no PATH");
    for (const char *size : {"0x0", "-800x600", "1000000x600", "800", "axb", "800x600x2", ""})
        row(qPrintable(text("size ") + text(size)),
            {text("--export"), text("runs"), output, path(text("a.png")), text("--size"), text(size), text(kSample)},
            size);
    row("scale of no number",
        {text("--export"), text("runs"), output, path(text("a.png")), text("--scale"), text("big"), text(kSample)},
        "'big'");
    row("scale of 1000",
        {text("--export"), text("runs"), output, path(text("a.png")), text("--scale"), text("1000"), text(kSample)},
        "scale");
    row("scale of an SVG",
        {text("--export"), text("runs"), output, path(text("a.svg")), text("--scale"), text("2"), text(kSample)},
        "SVG");
    row("levels of a pie",
        {text("--export"), text("reasons"), output, path(text("a.svg")), text("--by"), text("reason"), text(kSample)},
        "--by");
    row("symbols of nobody",
        {text("--export"), text("flame"), output, path(text("a.svg")), text("--symbols"), text("nobody=x"),
            text(kSample)},
        "--symbols nobody=x: it names no VM");
    row("thread of no guest",
        {text("--export"), text("runs"), output, path(text("a.svg")), text("--thread"), text("pio-289"), text(kSample)},
        "there is no thread 'pio-289': no guest's trace is aligned");
    row("no such thread",
        {text("--export"), text("runs"), output, path(text("a.svg")), text("--thread"), text("pio-1"),
            text(EXITSCOPE_SOURCE_DIR "/resources/sample")},
        "there is no thread 'pio-1'; 'exitscope-cli accounts --by thread' prints");
    row("no such function",
        {text("--export"), text("runs"), output, path(text("a.svg")), text("--symbol"), text("foo"), text(kSample)},
        "there is no symbol 'foo'");
    row("no such level",
        {text("--export"), text("flame"), output, path(text("a.svg")), text("--by"), text("moon"), text(kSample)},
        "'moon'");
    row("measure",
        {text("--export"), text("runs"), output, path(text("a.png")), text("--measure"), text("joy"), text(kSample)},
        "'joy'");
    row("theme",
        {text("--export"), text("runs"), output, path(text("a.png")), text("--theme"), text("desktop"), text(kSample)},
        "'desktop'");
    row("backwards",
        {text("--export"), text("runs"), output, path(text("a.png")), text("--from"), text("+2s"), text("--to"),
            text("+1s"), text(kSample)},
        "before it begins");
    row("range beside the recording",
        {text("--export"), text("timeline"), output, path(text("a.png")), text("--from"), text("+900s"), text(kSample)},
        "range");
}

void TestExportCommand::wrongUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, told);
    const ExportResult result = run(arguments);
    QCOMPARE(result.status, 1);
    const QStringList lines = result.err.split(QLatin1Char('\n')).filter(text("exitscope: "));
    QCOMPARE(lines.size(), 1);
    QVERIFY2(lines.front().contains(told), qPrintable(result.err));
    QVERIFY(!QFile::exists(path(text("a.png"))) && !QFile::exists(path(text("a.svg"))));
}

void TestExportCommand::theWindowTakesNoFilters()
{
    for (const char *filter : {"by", "from", "vcpu", "reason", "scenario", "min-ns", "address", "pcpu", "symbol",
             "target", "region", "userspace", "touch", "thread", "process", "syscall", "context"}) {
        const QString option = text("--") + text(filter);
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(text("QT_QPA_PLATFORM"), text("offscreen"));
        program.setProcessEnvironment(environment);
        program.start(text(EXITSCOPE_BINARY_DIR "/exitscope"), {option, text("1"), path(text("nothing"))});
        QVERIFY2(program.waitForFinished(30'000), filter); // a window would stay
        QCOMPARE(program.exitCode(), 1);
        QVERIFY2(program.readAllStandardError().contains(QByteArray(option.toUtf8() + " is for --export")), filter);
    }
}

void TestExportCommand::unwritablePlace()
{
    const QString file = path(text("no/such/directory/a.png"));
    const ExportResult result = run({text("--export"), text("runs"), text("--output"), file, text(kSample)});
    QCOMPARE(result.status, 4);
    QVERIFY2(result.err.contains(file) && result.err.contains(text("No such file")), qPrintable(result.err));
}

void TestExportCommand::fullDisk()
{
    const QString file = fileFor("pdf");
    const QStringList before = QDir(directory()).entryList(QDir::Files | QDir::Hidden);
    const ExportResult result = run({text("--export"), text("timeline"), text("--output"), file, text(kSample)}, 4096);
    QCOMPARE(result.status, 4);
    QVERIFY2(result.err.contains(file), qPrintable(result.err));
    QCOMPARE(QDir(directory()).entryList(QDir::Files | QDir::Hidden), before); // no partial file
}

void TestExportCommand::namesThatAreNoUtf8()
{
    const QString trace = path(QString::fromUtf8("caf") + QChar(0xdce9));
    QVERIFY(::symlink(kSample, pathBytes(trace).constData()) == 0);
    const QString picture = trace + text(".svg");
    const auto runShell = [&](const QString &more) {
        QProcess shell; // which can say such names
        shell.start(text("bash"),
            {text("-c"),
                text(EXITSCOPE_BINARY_DIR "/exitscope --export overview --caption --output %1 %2 %3")
                    .arg(shellWord(picture), more, shellWord(trace))});
        return shell.waitForFinished(60'000) ? shell.exitCode() : -1;
    };
    const auto modified = [&] {
        struct stat entry = {};
        return ::stat(pathBytes(picture).constData(), &entry) == 0 ? std::optional(entry.st_ino) : std::nullopt;
    };
    QCOMPARE(runShell({}), 0);
    const std::optional<ino_t> first = modified();
    QVERIFY(first);
    QFile file;
    QVERIFY(openForReading(file, picture));
    QVERIFY(file.readAll().contains("caf\\xe9"));
    QCOMPARE(runShell({}), 4); // it is taken
    QCOMPARE(modified(), first);
    QCOMPARE(runShell(text("--force")), 0);
    QVERIFY(modified() && modified() != first);
    for (const QString &name : {trace, picture}) // QTemporaryDir could not remove them
        QCOMPARE(::unlink(pathBytes(name).constData()), 0);
}

void TestExportCommand::nothingReadable()
{
    const QString file = fileFor("png");
    const ExportResult result
        = run({text("--export"), text("runs"), text("--output"), file, path(text("no such trace"))});
    QCOMPARE(result.status, 2);
    QVERIFY2(
        result.err.contains(text("not-found")) && result.err.contains(text("nothing to draw")), qPrintable(result.err));
    QVERIFY(!QFile::exists(file));
}

void TestExportCommand::windowNeedsADisplay()
{
    const ExportResult result = run({text(kSample)});
    QCOMPARE(result.status, 1);
    QVERIFY(result.err.contains(text("no display")) && result.err.contains(text("--export")));
    QCOMPARE(run({text("--help")}).status, 0);
}

QTEST_GUILESS_MAIN(TestExportCommand)
#include "tst_export_command.moc"

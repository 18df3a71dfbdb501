// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <map>

#include "model/reference/csv.h"
#include "tests/model/source/dat_machine.h"
#include "tests/tools/program.h"
#include "tests/tools/reader_run.h"

using namespace exitscope;
using namespace exitscope::test;
using namespace exitscope::testing;

// Symbols of a guest's kernel on the command line, and those that a trace.dat carries.
class TestSymbols : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void topRowsOfTheSampleCarryThem();
    void tenPairsAreMostExits();
    void columnOfExits();
    void everyRowIsAFilter();
    void systemMapWithOffset();
    void symbolsOfAnotherKernel();
    void cannotBeUsed_data();
    void cannotBeUsed();
    void kallsymsOfATraceDat_data();
    void kallsymsOfATraceDat();
    void kallsymsThatAreNotThere();
    void thoseOfAGuestsTraceAreUsed();
    void thoseOfAGuestWithAMapAreUsed();

private:
    QString write(const char *name, const QByteArray &text) const;
    QString sampleSymbols() const { return write("kallsyms", kSampleSymbols); }

    // Of the kernel of the sample's guest (6.1.0-56-amd64, without KASLR): those in which most exits are, and what
    // follows.
    static const QByteArray kSampleSymbols;
    std::unique_ptr<QTemporaryDir> m_dir;
};

namespace {

const QString kSample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");

QStringList accountsOf(const QString &keys, const QStringList &more)
{
    return QStringList{QStringLiteral("accounts"), QStringLiteral("--by"), keys} + more
        + QStringList{QStringLiteral("--format"), QStringLiteral("json"), kSample};
}

QJsonObject jsonOf(const QStringList &arguments)
{
    const ProgramResult result = runCli(arguments);
    if (result.status != 0)
        qFatal("%s", qPrintable(result.err));
    return QJsonDocument::fromJson(result.out).object();
}

std::vector<std::map<QString, QString>> rowsOf(const QByteArray &csv)
{
    const auto records = parseCsv(QString::fromUtf8(csv));
    if (!records)
        qFatal("no CSV");
    std::vector<std::map<QString, QString>> rows;
    for (qsizetype i = 1; i < qsizetype(records->size()); ++i)
        for (qsizetype c = 0; c < records->front().size(); ++c) {
            rows.resize(std::size_t(i));
            rows.back()[records->front()[c]] = (*records)[std::size_t(i)].value(c);
        }
    return rows;
}

} // namespace

const QByteArray TestSymbols::kSampleSymbols = "ffffffff81000000 T _stext\n"
                                               "ffffffff8107e7c0 t native_read_msr\n"
                                               "ffffffff8107e7f0 t native_write_gdt_entry\n"
                                               "ffffffff8107e910 t native_write_msr\n"
                                               "ffffffff8107e930 t native_write_idt_entry\n"
                                               "ffffffff816aa460 t io_serial_in\n"
                                               "ffffffff816aa480 t io_serial_out\n"
                                               "ffffffff816aa4a0 t set_io_from_upio\n"
                                               "ffffffff816b7930 t write_port\n"
                                               "ffffffff816b79c0 t read_port\n"
                                               "ffffffff81a592e0 t native_safe_halt\n"
                                               "ffffffff81a592f0 t native_halt\n"
                                               "ffffffff81e00000 T _etext\n"
                                               "ffffffffc0520000 t of_modules\t[made]\n"
                                               "ffffffffc0980000 b none\t[made]\n";

QString TestSymbols::write(const char *name, const QByteArray &text) const
{
    QFile file(m_dir->filePath(QString::fromLatin1(name)));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("%s", qPrintable(file.errorString()));
    return file.fileName();
}

void TestSymbols::topRowsOfTheSampleCarryThem()
{
    const QStringList given{QStringLiteral("--symbols"), sampleSymbols(), QStringLiteral("--top"), QStringLiteral("5")};
    const ProgramResult result = runCli(accountsOf(QStringLiteral("reason,symbol"), given));
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.contains(QStringLiteral("symbols-used")), qPrintable(result.err));
    QStringList rows;
    for (const QJsonValue &row : QJsonDocument::fromJson(result.out).object()[QStringLiteral("rows")].toArray())
        rows << row[QStringLiteral("reason")].toString() + QLatin1Char(' ') + row[QStringLiteral("symbol")].toString();
    QCOMPARE(rows,
        (QStringList{QStringLiteral("cpuid user code"), QStringLiteral("msr native_write_msr"),
            QStringLiteral("io write_port"), QStringLiteral("io io_serial_in"),
            QStringLiteral("hlt native_safe_halt")})); // 154.3, 151.1, 138.7, 80.8 and 77.5 ms of what 'exits' prints
}

// By a count of the rows that 'exits' prints.
void TestSymbols::tenPairsAreMostExits()
{
    const ProgramResult exits = runCli({QStringLiteral("exits"), kSample});
    struct Counted {
        int count = 0;
        qint64 gross = 0;
    };
    std::map<std::pair<QString, QString>, Counted> pairs;
    const auto all = rowsOf(exits.out);
    QCOMPARE(all.size(), std::size_t(8300));
    for (auto row : all) {
        Counted &pair = pairs[{row[QStringLiteral("reason")], row[QStringLiteral("guest_rip")]}];
        ++pair.count;
        pair.gross += row[QStringLiteral("gross_ns")].toLongLong();
    }
    const auto topOf = [&](const char *sort) {
        const QJsonObject told = jsonOf(accountsOf(QStringLiteral("reason,address"),
            {QStringLiteral("--top"), QStringLiteral("10"), QStringLiteral("--sort"), QString::fromUtf8(sort)}));
        if (told[QStringLiteral("rows_in_all")].toInt() != int(pairs.size()))
            qFatal("not all pairs");
        return told[QStringLiteral("rows")].toArray();
    };
    std::vector<int> most;
    std::vector<qint64> longest;
    for (const auto &[key, pair] : pairs) {
        most.push_back(pair.count);
        longest.push_back(pair.gross);
    }
    std::ranges::sort(most, std::greater<>());
    std::ranges::sort(longest, std::greater<>());
    const auto pairOf = [&](const QJsonValue &row) {
        return pairs[{row[QStringLiteral("reason")].toString(), row[QStringLiteral("address")].toString()}];
    };
    const QJsonArray byCount = topOf("count"), byGross = topOf("gross");
    QCOMPARE(byCount.size(), 10);
    QCOMPARE(byGross.size(), 10);
    int sum = 0;
    for (int i = 0; i < 10; ++i) {
        QCOMPARE(byCount[i][QStringLiteral("count")].toInt(), most[std::size_t(i)]);
        QCOMPARE(pairOf(byCount[i]).count, most[std::size_t(i)]);
        QCOMPARE(pairOf(byGross[i]).gross, longest[std::size_t(i)]);
        sum += most[std::size_t(i)];
    }
    QCOMPARE(sum, 7805); // 94.04 % of them
    QVERIFY(topOf("net") != byCount);
}

// It is the last one but for those of a guest, and there only where symbols are given.
void TestSymbols::columnOfExits()
{
    const QStringList plain{QStringLiteral("exits"), QString(kSample % QStringLiteral("/host"))};
    const QByteArray without = runCli(plain).out;
    const QByteArray with = runCli(plain + QStringList{QStringLiteral("--symbols"), sampleSymbols()}).out;
    const QList<QByteArray> linesWithout = without.split('\n'), linesWith = with.split('\n');
    QCOMPARE(linesWith.size(), linesWithout.size());
    QCOMPARE(
        linesWith[0], QByteArray(linesWithout[0].trimmed() + ",symbol" + (linesWithout[0].endsWith('\r') ? "\r" : "")));
    std::map<QString, int> counts;
    int writes = 0;
    for (auto row : rowsOf(with)) {
        ++counts[row[QStringLiteral("symbol")]];
        const quint64 rip = row[QStringLiteral("guest_rip")].mid(2).toULongLong(nullptr, 16);
        const bool isMsr = rip >= 0xffffffff8107e910 && rip < 0xffffffff8107e930;
        writes += rip >= 0xffffffff816b7930 && rip < 0xffffffff816b79c0;
        QCOMPARE(row[QStringLiteral("symbol")] == QLatin1String("native_write_msr"), isMsr);
    }
    QVERIFY(writes > 1900);
    QCOMPARE(counts[QStringLiteral("write_port")], writes);
    QVERIFY(counts[QStringLiteral("user code")] > 4000);
}

// With the same symbols, its filter selects its exits.
void TestSymbols::everyRowIsAFilter()
{
    const QStringList given{QStringLiteral("--symbols"), sampleSymbols()};
    const QJsonArray rows = jsonOf(accountsOf(QStringLiteral("symbol"), given))[QStringLiteral("rows")].toArray();
    QVERIFY(rows.size() > 6);
    for (qsizetype i = 0; i < rows.size(); i += 3) { // each is another run of the program
        const QJsonValue row = rows[i];
        QStringList filter;
        for (const QJsonValue &word : row[QStringLiteral("filter")].toArray())
            filter << word.toString();
        const QJsonArray own
            = jsonOf(accountsOf(QStringLiteral("symbol"), given + filter))[QStringLiteral("rows")].toArray();
        QCOMPARE(own.size(), 1);
        QCOMPARE(own[0].toObject(), row.toObject());
    }
    const ProgramResult unknown = runCli(
        accountsOf(QStringLiteral("symbol"), given + QStringList{QStringLiteral("--symbol"), QStringLiteral("x")}));
    QCOMPARE(unknown.status, 1);
    QVERIFY(unknown.err.contains(QStringLiteral("exitscope-cli: there is no symbol 'x'")));
}

void TestSymbols::systemMapWithOffset()
{
    QByteArray map = kSampleSymbols.left(kSampleSymbols.indexOf("ffffffffc")); // it knows no modules
    const QString loaded = write("kallsyms", map);
    map.replace("ffffffff81", "ffffffff80"); // KASLR moved it by 16 MiB
    const QString name = QStringLiteral("qemu-system-x86=") + write("System.map", map);
    const QStringList sorted{QStringLiteral("--symbols"), name + QStringLiteral("+0x1000000")};
    const QJsonObject moved = jsonOf(accountsOf(QStringLiteral("symbol"), sorted));
    const QJsonObject plain = jsonOf(accountsOf(QStringLiteral("symbol"), {QStringLiteral("--symbols"), loaded}));
    QCOMPARE(moved[QStringLiteral("rows")].toArray(), plain[QStringLiteral("rows")].toArray());
}

void TestSymbols::symbolsOfAnotherKernel()
{
    const QString other = write("System.map", "ffffffff82000000 T a\nffffffff82100000 D b\n");
    const ProgramResult result
        = runCli({QStringLiteral("report"), QStringLiteral("--symbols"), other, QStringLiteral("--strict"), kSample});
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.contains(QStringLiteral("symbols-of-another-kernel")), qPrintable(result.err));
    QVERIFY2(result.err.contains(QStringLiteral("qemu-system-x86: 0 of ")), qPrintable(result.err));
    QVERIFY(result.err.contains(QStringLiteral("(0.0 %)")));
}

void TestSymbols::cannotBeUsed_data()
{
    QTest::addColumn<QString>("symbols");
    QTest::addColumn<QString>("cause");
    const auto row = [](const char *what, const char *symbols, const char *cause) {
        QTest::newRow(what) << QString::fromLatin1(symbols) << QString::fromLatin1(cause);
    };
    row("another VM", "vm9=/k", "--symbols vm9=/k: it names no VM; give VM=FILE, the VMs are: qemu-system-x86");
    row("missing", "/nonexistent/kallsyms", "/nonexistent/kallsyms: the symbols cannot be used: it ");
    row("a directory", "qemu-system-x86=/tmp", "/tmp: the symbols cannot be used: it ");
    row("a device", "qemu-system-x86=/dev/zero", "/dev/zero: the symbols cannot be used: it ");
    row("binary", "DIR/binary", "/binary: the symbols cannot be used: line 1 is no symbol");
    row("gigantic", "DIR/gigantic", "/gigantic: the symbols cannot be used: it is larger than 256 MiB");
    row("hidden", "DIR/hidden", "/hidden: the symbols cannot be used: all its addresses are 0");
}

void TestSymbols::cannotBeUsed()
{
    QFETCH(QString, symbols);
    QFETCH(const QString, cause);
    write("binary", QByteArray("\x7f\x45LF\0\0\0\n\0\n", 10));
    write("hidden", "0000000000000000 T _text\n");
    QVERIFY(QFile::resize(write("gigantic", {}), qint64(257) << 20)); // a hole
    symbols.replace(QStringLiteral("DIR"), m_dir->path());
    const ProgramResult result = runCli(accountsOf(QStringLiteral("symbol"), {QStringLiteral("--symbols"), symbols}));
    QCOMPARE(result.status, 1);
    QVERIFY(result.out.isEmpty());
    const QString last = result.err.trimmed().section(QLatin1Char('\n'), -1);
    QVERIFY2(last.startsWith(QStringLiteral("exitscope-cli: ")) && last.contains(cause), qPrintable(result.err));
}

void TestSymbols::kallsymsOfATraceDat_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<bool>("isBigEndian");
    for (const int version : {6, 7})
        for (const bool isBigEndian : {false, true})
            QTest::addRow("version %d, %s endian", version, isBigEndian ? "big" : "little") << version << isBigEndian;
}

void TestSymbols::kallsymsOfATraceDat()
{
    QFETCH(const int, version);
    QFETCH(const bool, isBigEndian);
    const Machine machine{isBigEndian ? ByteOrder::Big : ByteOrder::Little};
    DatFile file = machine.file(version, {machine.page(1000).event(0, machine.entry(31, 0))});
    file.kallsyms = kSampleSymbols.toStdString();
    const QString path = write("trace.dat", QByteArray::fromStdString(file.bytes()));
    const ReaderOutput output = outputOfReader({QStringLiteral("--kallsyms"), path});
    QCOMPARE(output.errors, QByteArray());
    QCOMPARE(output.status, 0);
    QCOMPARE(output.out, kSampleSymbols);
    // Reading its streams does not mind them.
    const ReaderRun run = runReader(filesOf(path, {0}), 1);
    QCOMPARE(run.fault, QString());
    QCOMPARE(run.streams.front().records.size(), std::size_t(1));
    file.kallsyms.clear();
    const ReaderOutput none
        = outputOfReader({QStringLiteral("--kallsyms"), write("none.dat", QByteArray::fromStdString(file.bytes()))});
    QCOMPARE(none.status, 0);
    QCOMPARE(none.out, QByteArray());
}

void TestSymbols::kallsymsThatAreNotThere()
{
    const ReaderOutput text
        = outputOfReader({QStringLiteral("--kallsyms"), QStringLiteral(EXITSCOPE_SOURCE_DIR "/LICENSE")});
    QCOMPARE(text.status, 1);
    QCOMPARE(text.errors, QByteArray("exitscope-reader: it is no trace.dat of trace-cmd, and holds no symbols\n"));
    // What the section says of its size is not believed.
    const Machine machine;
    DatFile file = machine.file(6, {machine.page(1000).event(0, machine.entry(31, 0))});
    file.kallsyms = "ffffffff81000000 T a\n";
    std::string bytes = file.bytes();
    const std::size_t at = bytes.find(file.kallsyms);
    QVERIFY(at != std::string::npos);
    bytes.replace(at - 4, 4, "\xff\xff\xff\x7f");
    const ReaderOutput damaged
        = outputOfReader({QStringLiteral("--kallsyms"), write("damaged.dat", QByteArray::fromStdString(bytes))});
    QCOMPARE(damaged.status, 1);
    QCOMPARE(damaged.errors.count('\n'), 1);
    const ReaderOutput both
        = outputOfReader({QStringLiteral("--kallsyms"), QStringLiteral("/x"), QStringLiteral("/y")});
    QCOMPARE(both.status, 2);
}

// Host and guest of one recording, each by trace-cmd; the guest's kernel is that of the sample.
void TestSymbols::thoseOfAGuestsTraceAreUsed()
{
    const QString shared = QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/");
    if (!QFile::exists(shared + QStringLiteral("guest.dat")))
        QSKIP("the collection of recordings is not there");
    const QStringList paths{shared + QStringLiteral("host.dat"), shared + QStringLiteral("guest.dat")};
    const QStringList bySymbol{QStringLiteral("accounts"), QStringLiteral("--by"), QStringLiteral("symbol"),
        QStringLiteral("--format"), QStringLiteral("json")};
    const ProgramResult result = runCli(bySymbol + paths);
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.contains(QStringLiteral("symbols-used")), qPrintable(result.err));
    QStringList names;
    for (const QJsonValue &row : QJsonDocument::fromJson(result.out).object()[QStringLiteral("rows")].toArray())
        names << row[QStringLiteral("symbol")].toString();
    for (const char *name : {"native_write_msr", "native_safe_halt", "user code"})
        QVERIFY2(names.contains(QString::fromLatin1(name)), name);
    QVERIFY(!names.contains(QStringLiteral("kernel (no symbols)")));
    // What the user gives goes first.
    const ProgramResult given = runCli(bySymbol
        + QStringList{QStringLiteral("--symbols"), write("map", "ffffffff81000000 T all\nffffffff82000000 D x\n")}
        + paths);
    QVERIFY(given.out.contains("\"all\"") && !given.out.contains("native_write_msr"));
}

// Of a guest that fits no VM of the host, so that the map is all that tells whose it is.
void TestSymbols::thoseOfAGuestWithAMapAreUsed()
{
    const QString shared = QStringLiteral(EXITSCOPE_SHARED_DIR "/");
    const QString guest = shared + QStringLiteral("stock/guest.dat");
    if (!QFile::exists(guest))
        QSKIP("the collection of recordings is not there");
    const QStringList asked{QStringLiteral("accounts"), QStringLiteral("--by"), QStringLiteral("symbol"), guest,
        shared + QStringLiteral("traces/timers/host")};
    const ProgramResult alone = runCli(asked);
    QCOMPARE(alone.status, 0);
    QVERIFY(!alone.err.contains(QStringLiteral("symbols-used")));
    const ProgramResult mapped = runCli(asked + QStringList{QStringLiteral("--map"), guest + QStringLiteral("=0,0")});
    QCOMPARE(mapped.status, 0);
    QVERIFY2(mapped.err.contains(QStringLiteral("symbols-used")), qPrintable(mapped.err));
}

QTEST_GUILESS_MAIN(TestSymbols)
#include "tst_symbols.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/trace_finder.h"

#include <QElapsedTimer>

#include <unistd.h>

#include "model/source/path_bytes.h"
#include "tests/model/load/trace_copy.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestTraceFinder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void findsAllTracesBelow();
    void eachTraceOnce();
    void endsInLinkLoops();
    void tellsWhatIsNoTrace_data();
    void tellsWhatIsNoTrace();
    void foreignFiles_data();
    void foreignFiles();
    void tracesOfOneFile_data();
    void tracesOfOneFile();
    void textsThatTheReaderReads();
    void archiveBesideATraceIsNoMatter();
    void foreignFileBesideATraceIsTold();
    void linkToWhatWasWalked();
    void deepTrace();
    void namesOfAnyBytes();
    void unreadableDirectory();
    void cancelled();

private:
    QString path(const char *name) const { return m_dir->filePath(QString::fromLatin1(name)); }
    void trace(const char *name) const { writeFile(path(name) + QStringLiteral("/metadata"), "/* CTF 1.8 */\n"); }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestTraceFinder::findsAllTracesBelow()
{
    trace("session/kernel");
    trace("session/ust/uid/0/64-bit");
    trace("session/kernel/nested");
    trace("other");
    writeFile(path("session/notes.txt"), "nothing");
    const FoundTraces found = findTraces({path("session")});
    QCOMPARE(found.dirs,
        (QStringList{path("session/kernel"), path("session/kernel/nested"), path("session/ust/uid/0/64-bit")}));
    QVERIFY(found.diagnostics.empty());
}

void TestTraceFinder::eachTraceOnce()
{
    trace("a/one");
    trace("b/two");
    QVERIFY(QFile::link(path("a"), path("b/again")));
    const FoundTraces found = findTraces({path("a/one"), path("a"), path("b") + QLatin1Char('/')});
    QCOMPARE(found.dirs, (QStringList{path("a/one"), path("b/two")}));
    QVERIFY(found.diagnostics.empty());
}

void TestTraceFinder::endsInLinkLoops()
{
    trace("a/one");
    QVERIFY(QFile::link(path("a"), path("a/loop")));
    QVERIFY(QFile::link(path("a"), path("a/one/loop")));
    QCOMPARE(findTraces({path("a")}).dirs, QStringList{path("a/one")});
}

void TestTraceFinder::tellsWhatIsNoTrace_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("words");
    QTest::newRow("nothing there") << "missing"
                                   << "not-found"
                                   << "no such file";
    QTest::newRow("a file") << "file.txt"
                            << "not-a-directory"
                            << "neither a directory nor a trace";
    QTest::newRow("a file of a trace") << "trace/ch_0"
                                       << "not-a-directory"
                                       << "give its directory";
    QTest::newRow("no trace below") << "empty"
                                    << "no-trace"
                                    << "named metadata";
}

void TestTraceFinder::tellsWhatIsNoTrace()
{
    QFETCH(QString, name);
    QFETCH(QString, code);
    QFETCH(QString, words);
    trace("trace");
    writeFile(path("trace/ch_0"), "x");
    writeFile(path("file.txt"), "hello");
    QDir().mkpath(path("empty/more"));
    const QString given = m_dir->filePath(name);
    const FoundTraces found = findTraces({given});
    QVERIFY(found.dirs.isEmpty());
    QCOMPARE(codes(found.diagnostics), QStringList{code});
    QCOMPARE(found.diagnostics.front().path, given);
    QVERIFY2(found.diagnostics.front().message.contains(words), qPrintable(found.diagnostics.front().message));
}

void TestTraceFinder::foreignFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("words");
    QTest::newRow("old perf.data") << "perf.data" << QByteArray("PERFFILE") << "a perf of today";
    QTest::newRow("Perfetto") << "a.perfetto-trace" << QByteArray("\x0a\x12\x34") << "a trace of Perfetto";
    QTest::newRow("OTF2") << "traces.otf2" << QByteArray("OTF2") << "an OTF2 archive";
    QTest::newRow("ETW") << "boot.etl" << QByteArray("\0\0\1\0", 4) << "trace-cmd record -e kvm";
    QTest::newRow("tar.gz") << "t.tar.gz" << QByteArray("\x1f\x8b\x08\0", 4) << "tar -xzf";
    QTest::newRow("tgz") << "t.tgz" << QByteArray("\x1f\x8b\x08\0", 4) << "tar -xzf";
    QTest::newRow("a compressed file") << "x.dat.gz" << QByteArray("\x1f\x8b\x08\0", 4) << "gunzip -k ";
    QTest::newRow("a name with blanks") << "a b.tar" << QByteArray(257, 'a') + "ustar" + QByteArray(250, '\0')
                                        << "/a b.tar'";
    QTest::newRow("xz") << "t.tar.xz"
                        << QByteArray("\xfd"
                                      "7zXZ\0",
                               6)
                        << "tar -xJf";
    QTest::newRow("zst") << "t.tar.zst" << QByteArray("\x28\xb5\x2f\xfd") << "tar --zstd";
    QTest::newRow("zip") << "t.zip" << QByteArray("PK\x03\x04") << "unzip";
    QTest::newRow("tar") << "t.tar" << QByteArray(257, 'a') + "ustar" + QByteArray(250, '\0') << "tar -xf";
    QTest::newRow("CTF 2, JSON") << "ctf2/metadata" << QByteArray("[{\"type\": \"preamble\"}]") << "ctf-1.8";
}

// Given as they are, or found below a directory.
void TestTraceFinder::foreignFiles()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, words);
    writeFile(path("dir/") + name, content);
    const bool isCtf = name.contains(QLatin1Char('/'));
    const QString shown = path("dir/") + (isCtf ? QStringLiteral("ctf2") : name);
    for (const QString &given : {shown, path("dir")}) {
        const FoundTraces found = findTraces({given});
        QVERIFY(found.dirs.isEmpty());
        QCOMPARE(codes(found.diagnostics), QStringList{QStringLiteral("foreign-format")});
        QCOMPARE(found.diagnostics.front().path, shown);
        QVERIFY2(found.diagnostics.front().message.contains(words), qPrintable(found.diagnostics.front().message));
        QVERIFY(!found.diagnostics.front().message.contains(QLatin1Char('\n')));
    }
}

void TestTraceFinder::tracesOfOneFile_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("isTrace");
    QTest::newRow("perf.data") << QByteArray("PERFILE2\x68\0\0\0", 12) << true;
    QTest::newRow("trace.dat") << QByteArray("\x17\x08\x44tracing6\0", 12) << true;
    QTest::newRow("tracefs") << QByteArray("# tracer: nop\n#\n"
                                           "     CPU 0/KVM-239     [001] d..1.   179.692219: kvm_exit: reason HLT\n")
                             << true;
    QTest::newRow("trace-cmd report") << QByteArray("cpus=2\n"
                                                    "   CPU 0/KVM-239 [000] 179.692219155: kvm_entry: vcpu 0\n")
                                      << true;
    QTest::newRow("perf script") << QByteArray("CPU 0/KVM   231/239   [001]   179.692219: kvm:kvm_entry: vcpu 0\n")
                                 << true;
    QTest::newRow("perf.data, other byte order") << QByteArray("2ELIFREP\0\0\0\x68", 12) << true;
    QTest::newRow("latency tracer") << QByteArray("  CPU-239     1d..1  100us : kvm_entry: vcpu 0\n") << true;
    QTest::newRow("ticks") << QByteArray("  CPU 0/KVM-239 [000] d..1 17900692219155: kvm_entry: vcpu 0\n") << true;
    QTest::newRow("of 300 CPUs") << QByteArray("cpus=300\n" + QByteArray("CPU 17 is empty\n").repeated(300)) << true;
    QTest::newRow("a text") << QByteArray("Recorded at 17.123456 by: somebody\n") << false;
    QTest::newRow("a log") << QByteArray("[   17.123456] kvm: disabled by bios\n") << false;
    QTest::newRow("a table") << QByteArray("time,reason\n17.123456,HLT\n") << false;
    QTest::newRow("nothing") << QByteArray() << false;
}

// By what they hold, whatever they are called; each once.
void TestTraceFinder::tracesOfOneFile()
{
    QFETCH(QByteArray, content);
    QFETCH(bool, isTrace);
    writeFile(path("dir/x"), content);
    for (const QStringList &given :
        {QStringList{path("dir")}, QStringList{path("dir/x")}, QStringList{path("dir/x"), path("dir")}}) {
        const FoundTraces found = findTraces(given);
        QCOMPARE(found.files, isTrace ? QStringList{path("dir/x")} : QStringList());
        QCOMPARE(found.diagnostics.empty(), isTrace);
    }
}

// What the reader's own tests read is found, too.
void TestTraceFinder::textsThatTheReaderReads()
{
    const QString texts = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/text");
    const FoundTraces found = findTraces({texts});
    QVERIFY(found.diagnostics.empty());
    qsizetype there = 0;
    for (const QString &dir : {texts, QString(texts + QStringLiteral("/tools"))})
        there += QDir(dir).entryList({QStringLiteral("*.txt")}, QDir::Files).size();
    QVERIFY(there > 20);
    QCOMPARE(found.files.size(), there);
}

void TestTraceFinder::archiveBesideATraceIsNoMatter()
{
    trace("dir/host");
    writeFile(path("dir/results.csv.gz"), "\x1f\x8b\x08 and so on");
    const FoundTraces found = findTraces({path("dir")});
    QCOMPARE(found.dirs, QStringList{path("dir/host")});
    QVERIFY(found.diagnostics.empty());
}

void TestTraceFinder::foreignFileBesideATraceIsTold()
{
    trace("dir/host");
    writeFile(path("dir/guest/boot.etl"), "\x1");
    const FoundTraces found = findTraces({path("dir")});
    QCOMPARE(found.dirs, QStringList{path("dir/host")});
    QCOMPARE(codes(found.diagnostics), QStringList{QStringLiteral("foreign-format")});
}

// It is no trace, so there is still something to tell.
void TestTraceFinder::linkToWhatWasWalked()
{
    QDir().mkpath(path("dir/a/b"));
    QVERIFY(QFile::link(path("dir/a"), path("dir/a/b/up")));
    QCOMPARE(codes(findTraces({path("dir")}).diagnostics), QStringList{QStringLiteral("no-trace")});
}

void TestTraceFinder::deepTrace()
{
    QString deep = path("dir");
    for (int i = 0; i < 1500; ++i)
        deep += QStringLiteral("/d");
    QVERIFY(QDir().mkpath(deep));
    writeFile(deep + QStringLiteral("/metadata"), "/* CTF 1.8 */\n");
    QElapsedTimer timer;
    timer.start();
    const FoundTraces found = findTraces({path("dir")});
    QCOMPARE(found.dirs, QStringList{deep});
    QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
}

void TestTraceFinder::namesOfAnyBytes()
{
    for (const QByteArray &bytes :
        {QByteArray("a b"), QByteArray("caf\xe9_0"), QByteArray("\xc3\xa9\xff\xf0\x9f\x98\x80")})
        QCOMPARE(pathBytes(pathText(bytes)), bytes);
    const QString latin = pathText("/caf\xe9/%41");
    QCOMPARE(storedPath(latin), QStringLiteral("bytes:/caf%E9/%2541"));
    QCOMPARE(pathOfStored(storedPath(latin)), latin);
    QCOMPARE(storedPath(QStringLiteral("/café %41")), QStringLiteral("/café %41"));
    QCOMPARE(pathOfStored(QStringLiteral("/café %41")), QStringLiteral("/café %41"));
    QCOMPARE(absolutePath(pathText("/a/../caf\xe9/./b")), pathText("/caf\xe9/b"));
    QCOMPARE(absolutePath(QStringLiteral("b")), QDir::current().filePath(QStringLiteral("b")));
    QCOMPARE(pathText("\xf0\x9f\x98\x80"), QString::fromUtf8("\xf0\x9f\x98\x80"));
    QCOMPARE(shellWord(QStringLiteral("/a/b-c.d")), QStringLiteral("/a/b-c.d"));
    QCOMPARE(shellWord(QStringLiteral("/it's here")), QStringLiteral("'/it'\\''s here'"));
    QCOMPARE(shellWord(pathText("/caf\xe9")), QStringLiteral("$'/caf\\351'"));
    QCOMPARE(shellWord(QStringLiteral("-x")), QStringLiteral("./-x"));
}

void TestTraceFinder::unreadableDirectory()
{
    trace("dir/host");
    QDir().mkpath(path("dir/locked"));
    QVERIFY(QFile::setPermissions(path("dir/locked"), {}));
    // The directory of a test is its owner's alone; root, who can read all, becomes nobody for a moment.
    QVERIFY(QFile::setPermissions(m_dir->path(), QFileDevice::Permissions(0x7755)));
    const bool isRoot = ::geteuid() == 0;
    constexpr uid_t kNobody = 65534;
    if (isRoot)
        QCOMPARE(::setresuid(kNobody, kNobody, 0), 0);
    const FoundTraces found = findTraces({path("dir")});
    if (isRoot)
        QCOMPARE(::setresuid(0, 0, 0), 0);
    QFile::setPermissions(path("dir/locked"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QCOMPARE(found.dirs, QStringList{path("dir/host")});
    QCOMPARE(theOne(found.diagnostics, "no-trace").path, path("dir/locked"));
}

void TestTraceFinder::cancelled()
{
    trace("session/kernel");
    std::atomic<bool> cancel{true};
    const FoundTraces found = findTraces({m_dir->path()}, &cancel);
    QVERIFY(found.dirs.empty() && found.diagnostics.empty());
}

QTEST_GUILESS_MAIN(TestTraceFinder)
#include "tst_trace_finder.moc"

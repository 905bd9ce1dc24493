using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Results;

public class RunFolderTests
{
    [Theory]
    [InlineData("../x")]
    [InlineData("figures/../../x")]
    [InlineData("/etc/mizarlab-test")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../1a2b3c4d-beside/x")]
    public void RefusesToWriteOutside(string relative)
    {
        using TemporaryFolder root = new();
        RunFolder folder = RunFolder.Create(root.Path, "1a2b3c4d");
        Assert.Throws<HarnessException>(() => folder.Write(relative, stream => stream.WriteByte(1)));
        Assert.Equal([folder.Path], Directory.EnumerateFileSystemEntries(root.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void RefusesALinkThatLeadsOutside()
    {
        using TemporaryFolder root = new();
        RunFolder folder = RunFolder.Create(root.File("runs"), "1a2b3c4d");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "figures"), root.Path);
        Assert.Contains("link", Assert.Throws<HarnessException>(() => folder.PathOf("figures/x.tsv")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1a2b3c4")]
    [InlineData("1A2B3C4D")]
    [InlineData("../../..")]
    [InlineData("1a2b3c4d5")]
    public void RefusesWhatIsNoRunId(string id)
    {
        using TemporaryFolder root = new();
        Assert.Throws<HarnessException>(() => RunFolder.Create(root.Path, id));
    }

    [Fact]
    public void NeverWritesIntoAnothersFolder()
    {
        using TemporaryFolder root = new();
        RunFolder.Create(root.Path, "1a2b3c4d");
        Assert.Throws<HarnessException>(() => RunFolder.Create(root.Path, "1a2b3c4d"));
    }

    [Fact]
    public void AFileAppearsWholeOrNotAtAll()
    {
        using TemporaryFolder root = new();
        RunFolder folder = RunFolder.Create(root.Path, RunFolder.NewId());
        folder.Write("a/b.txt", stream => stream.Write("whole"u8));
        Assert.Throws<InvalidOperationException>(() => folder.Write("a/b.txt", stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("whole", File.ReadAllText(Path.Combine(folder.Path, "a", "b.txt")));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(folder.Path, "a")));
    }

    [Fact]
    public void IdsAreEightLowerCaseHexadecimalDigits() => Assert.All(Enumerable.Range(0, 100), _ => Assert.Matches("^[0-9a-f]{8}$", RunFolder.NewId()));
}

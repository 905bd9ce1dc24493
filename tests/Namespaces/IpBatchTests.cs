using MizarLab.Harness.Namespaces;

namespace MizarLab.Tests.Namespaces;

public sealed class IpBatchTests
{
    /// <summary>A line of a batch is split at blanks and ended by a line feed; a word that held one would be another command.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\nnetns del x")]
    [InlineData("a;b")]
    [InlineData("$(id)")]
    [InlineData("a#b")]
    [InlineData("a\\")]
    [InlineData("ä")]
    public void WordsAreOneWord(string word) => Assert.Throws<ArgumentException>(() => new IpBatch().Add("link", "del", word));

    [Fact]
    public void PlainWordsAreTaken() => Assert.False(new IpBatch().Add("address", "add", "10.0.0.2/24", "dev", "eth0").IsEmpty);
}

using System.Text;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>A file from anywhere: it may be refused, and nothing else may happen.</summary>
public class HostileInputTests
{
    /// <summary>Of computing: a slow machine takes a few; what grows with the square of the input takes more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Bombs => new()
    {
        { "empty", "" },
        { "a comment", "# nothing" },
        { "a scalar", "hello" },
        { "a list", "- a\n- b" },
        { "flow sequences", new string('[', 100_000) },
        { "flow mappings", string.Concat(Enumerable.Repeat("{a: ", 50_000)) },
        { "block sequences", string.Concat(Enumerable.Repeat("- ", 100_000)) },
        { "block mappings", string.Concat(Enumerable.Range(0, 1_000).Select(i => new string(' ', i) + "a:\n")) },
        { "questions", string.Concat(Enumerable.Repeat("? ", 100_000)) },
        { "aliases", "a: &a [x, x]\n" + string.Concat(Enumerable.Range(0, 26).Select(i => $"b{i}: &b{i} [*a, *a, *a]\n")) },
        { "itself", "&a [*a]" },
        { "merge", "a: &a { b: c }\nd: { <<: *a }" },
        { "documents", string.Concat(Enumerable.Repeat("--- a\n", 10_000)) },
        { "directives", "%YAML 9.9\n---\nname: x" },
        { "tags", "%TAG ! tag:evil,2000:\n---\n!foo { name: !!binary x }" },
        { "object", "!!python/object:os.system [ls]" },
        { "long word", new string('a', 1_000_000) },
        { "long key", new string('a', 500_000) + ": b" },
        { "many keys", string.Concat(Enumerable.Range(0, 90_000).Select(i => $"k{i}: 1\n")) },
        { "same keys", string.Concat(Enumerable.Repeat("name: 1\n", 100_000)) },
        { "quotes", string.Concat(Enumerable.Repeat("\"", 300_001)) },
        { "pipes", "a: |\n" + string.Concat(Enumerable.Repeat(" x\n", 300_000)) },
        { "too large", new string('\n', 2_000_000) },
        { "null bytes", "name: a\0b" },
        { "half a surrogate", "name: a\uD800b" },
        { "far unknown names", "topology: { droplets: {" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"droplet-with-long-name-{i}: {{}},")) + "}, vpcs: { a: { vni: 1, cidr: 10.0.0.0/8, dividers: [" + string.Concat(Enumerable.Range(0, 128).Select(i => $"droplet-with-lung-name-x{i},")) + "] } }, networks: {}, endpoints: {} }\nname: x\ntimeline: []\nexpect: []" },
        { "deep numbers", "name: x\ntimeline:\n  - ping: { count: " + new string('9', 100_000) + " }" },
        { "many payloads", "name: x\ntopology: { droplets: { d: {} }, vpcs: { v: { vni: 1, cidr: 10.0.0.0/8 } }, networks: { n: { vpc: v, cidr: 10.0.0.0/8, bouncers: [d] } }, endpoints: { a: { network: n, address: 10.0.0.2, droplet: d }, b: { network: n, address: 10.0.0.3, droplet: d } } }\nexpect: []\ntimeline:\n" + string.Concat(Enumerable.Range(1, 9_999).Select(i => $"  - tcp: {{ from: a, to: b, block: {i + 50_000}B }}\n")) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void IsRefusedSoonAndWithAPlace(string name, string text)
    {
        TimeSpan began = CpuTime.OfThisThread();
        long before = GC.GetAllocatedBytesForCurrentThread();
        ScenarioException thrown = Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("evil.yaml", text));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TimeSpan took = CpuTime.OfThisThread() - began;
        Assert.True(took < Patience, $"{name}: {took}");
        Assert.True(allocated < 1L << 30, $"{name}: {allocated} bytes");
        Assert.NotEmpty(thrown.Errors);
        Assert.InRange(thrown.Message.Length, 10, 100_000);
        Assert.All(thrown.Errors, e => Assert.True(e.Where.Line >= 1 && e.Where.Column >= 1, e.ToString()));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'n', (byte)'a', (byte)'m', (byte)'e', (byte)':', (byte)'\n', (byte)'a', 0xC3, 0x28 }, 2, 2)]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'n', 0 }, 1, 1)]
    [InlineData(new byte[] { (byte)'a', 0xE2, 0x82 }, 1, 2)]
    public void BytesThatAreNoUtf8AreNamedByPlace(byte[] bytes, int line, int column)
    {
        ScenarioError error = Assert.Single(Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("x.yaml", bytes)).Errors);
        Assert.Equal((line, column), (error.Where.Line, error.Where.Column));
        Assert.Contains("UTF-8", error.Text);
    }

    [Fact]
    public void AByteOrderMarkIsNoHarm()
    {
        byte[] marked = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Library.Text("demo.yaml"))];
        Assert.Equal(Library.Load("demo.yaml").Timeline.Length, ScenarioLoader.Load("demo.yaml", marked).Timeline.Length);
    }

    [Fact]
    public void MangledFilesThrowNothingElse()
    {
        Random random = new(20_260);
        byte[][] originals = [.. Library.Files.Select(f => Encoding.UTF8.GetBytes(Library.Text(f)))];
        int refused = 0;
        const int Rounds = 3_000;
        for (int round = 0; round < Rounds; round++)
        {
            List<byte> bytes = [.. originals[random.Next(originals.Length)]];
            for (int edit = random.Next(1, 6); edit > 0; edit--)
            {
                Mangle(bytes, random);
            }
            try
            {
                ScenarioLoader.Load("mangled.yaml", bytes.ToArray());
            }
            catch (ScenarioException e)
            {
                refused++;
                Assert.NotEmpty(e.Errors);
            }
        }
        // Most slips are seen; those in descriptions and spaces need not be.
        Assert.InRange(refused, Rounds / 3, Rounds);
    }

    private static void Mangle(List<byte> bytes, Random random)
    {
        ReadOnlySpan<byte> alphabet = "{}[]:,-#&*!|>'\"%@` \n\t0129aZ/.\u00e9"u8;
        int at = random.Next(bytes.Count);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] = alphabet[random.Next(alphabet.Length)];
                break;
            case 1:
                bytes.Insert(at, alphabet[random.Next(alphabet.Length)]);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                bytes.Add((byte)'\n');
                break;
            case 3:
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, Math.Min(random.Next(1, 80), bytes.Count - at)));
                break;
            default:
                bytes[at] = (byte)random.Next(256);
                break;
        }
    }
}

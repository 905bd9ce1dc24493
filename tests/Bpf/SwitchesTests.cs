using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MizarLab.DataPlane;

namespace MizarLab.Tests.Bpf;

/// <summary>bpf/switches.h and <see cref="Switches"/> are one list in two languages.</summary>
public sealed partial class SwitchesTests
{
    [Fact]
    public void TheHeaderSaysWhatTheEnumSays()
    {
        string header = File.ReadAllText(Path.Combine(Repository.Root, "bpf", "switches.h"));
        SortedDictionary<string, ulong> inC = [];
        foreach (Match match in Line().Matches(header))
        {
            inC.Add(CamelCase(match.Groups["name"].Value), 1ul << int.Parse(match.Groups["bit"].Value, CultureInfo.InvariantCulture));
        }
        SortedDictionary<string, ulong> inModel = [];
        foreach (Switches correction in Enum.GetValues<Switches>().Where(s => s is not (Switches.None or Switches.All)))
        {
            inModel.Add(correction.ToString(), (ulong)correction);
        }
        Assert.Equal(inModel, inC);
        Assert.Equal((ulong)Switches.All, inModel.Values.Aggregate(0ul, (all, one) => all | one));
    }

    private static string CamelCase(string name)
    {
        StringBuilder text = new();
        foreach (string word in name.Split('_'))
        {
            text.Append(word[0]).Append(word[1..].ToLowerInvariant());
        }
        return text.ToString();
    }

    [GeneratedRegex(@"^#define SWITCH_(?<name>[A-Z_]+) \(1ull << (?<bit>\d+)\)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}

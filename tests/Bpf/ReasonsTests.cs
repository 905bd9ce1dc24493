using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MizarLab.DataPlane;

namespace MizarLab.Tests.Bpf;

/// <summary>bpf/reasons.h and <see cref="Reason"/> are one list in two languages.</summary>
public sealed partial class ReasonsTests
{
    [Fact]
    public void TheHeaderSaysWhatTheEnumSays()
    {
        string header = File.ReadAllText(Path.Combine(Repository.Root, "bpf", "reasons.h"));
        SortedDictionary<string, int> inC = [];
        foreach (Match match in Line().Matches(header))
        {
            inC.Add(CamelCase(match.Groups["name"].Value), int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture));
        }
        SortedDictionary<string, int> inModel = [];
        foreach (Reason reason in Enum.GetValues<Reason>())
        {
            inModel.Add(reason.ToString(), (int)reason);
        }
        Assert.Equal(inModel, inC);
        Assert.Equal(Enum.GetValues<Reason>().Length, header.Split("\tREASON_").Length - 1);
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

    [GeneratedRegex(@"^\tREASON_(?<name>[A-Z0-9_]+) = (?<number>\d+),$", RegexOptions.Multiline)]
    private static partial Regex Line();
}

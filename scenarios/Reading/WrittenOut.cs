using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Overlay;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Reading;

/// <summary>
/// A topology by rule (<c>generate:</c>) as the file's author might have written it name by name: from here on it is read like any other, so that steps and expectations
/// name its droplets d0, its endpoints e0, its networks n0 and its VPCs v0, and every backend runs it.
/// </summary>
internal static class WrittenOut
{
    private const string Section = "topology", Generate = "generate", Underlay = "underlay";
    private const int MostDroplets = 256, MostEndpoints = 4_096, UsualMtu = 1_500;

    /// <summary>What an endpoint's MTU must leave of the underlay's (spec §2.7).</summary>
    private const int TunnelBytes = 114;

    /// <summary>The tree with its topology written out; the tree itself where there is nothing to write.</summary>
    public static YamlNode Of(YamlNode root, Diagnostics diagnostics)
    {
        if (root is not YamlMap file || file[Section] is not YamlMap topology || topology[Generate] is not { } rule)
        {
            return root;
        }
        foreach (YamlEntry entry in topology.Entries)
        {
            if (entry.Key.Text is not (Generate or Underlay))
            {
                diagnostics.Report(entry.Key.Where, $"{entry.Key.What} beside '{Generate}'", "what is made by rule has only an underlay beside it");
            }
        }
        ReadContext context = new(diagnostics, null);
        if (!GeneratedKeys.Shape.TryRead(rule, context, out Fields fields) || diagnostics.Any)
        {
            return root;
        }
        int mtu = UsualMtu;
        if (topology[Underlay] is { } given && TopologyKeys.Underlay.TryRead(given, new ReadContext(new Diagnostics(diagnostics.File), null), out Fields underlay))
        {
            mtu = Math.Min(mtu, underlay.Get(TopologyKeys.UnderlayMtu) - TunnelBytes);
        }
        if (GeneratedKeys.Of(fields, default, diagnostics) is not { } made)
        {
            return root;
        }
        if (made.DropletCount > MostDroplets || made.EndpointCount > MostEndpoints)
        {
            diagnostics.Report(rule.Where, $"{made.DropletCount} droplets and {made.EndpointCount} endpoints are too many to be written out", $"at most {MostDroplets} and {MostEndpoints}; more is for the study 'traffic'");
            return root;
        }
        Writer write = new(rule.Where);
        ImmutableArray<YamlEntry> sections =
        [
            .. topology.Entries.Where(entry => entry.Key.Text == Underlay),
            write.Section("droplets", made.Roles.Droplets.Select(d => write.Entry(d.Name))),
            write.Section("vpcs", made.Roles.Vpcs.Select(v => write.Entry(
                v.Name, ("vni", write.Number((int)v.Vni.Value)), ("cidr", write.Text(v.Cidr.ToString())), ("dividers", write.List(v.Dividers.Select(NameOf)))))),
            write.Section("networks", made.Roles.Networks.Select(n => write.Entry(
                n.Name, ("vpc", write.Text(made.Roles[n.Vpc].Name)), ("cidr", write.Text(n.Cidr.ToString())), ("bouncers", write.List(n.Bouncers.Select(NameOf)))))),
            write.Section("endpoints", Enumerable.Range(0, made.EndpointCount).Select(i => new EndpointId(i)).Select(e => write.Entry(
                string.Create(CultureInfo.InvariantCulture, $"e{e.Index}"),
                ("network", write.Text(made.Roles[made.NetworkOf(e)].Name)),
                ("address", write.Text(made.AddressOf(e).ToString())),
                ("droplet", write.Text(NameOf(made.HostOf(e)))),
                ("mtu", write.Text(string.Create(CultureInfo.InvariantCulture, $"{mtu}B")))))),
        ];
        return new YamlMap(file.Where, [.. file.Entries.Select(entry => entry.Key.Text == Section ? new YamlEntry(entry.Key, new YamlMap(topology.Where, sections)) : entry)]);

        string NameOf(DropletId droplet) => made.Roles[droplet].Name;
    }

    /// <summary>Nodes that all stand where the rule does.</summary>
    private sealed class Writer(SourcePlace where)
    {
        public YamlScalar Text(string text) => new(where, text, Plain: true);

        public YamlScalar Number(int number) => Text(number.ToString(CultureInfo.InvariantCulture));

        public YamlList List(IEnumerable<string> names) => new(where, [.. names.Select(Text)]);

        public YamlEntry Entry(string name, params (string Key, YamlNode Value)[] values) =>
            new(Text(name), new YamlMap(where, [.. values.Select(value => new YamlEntry(Text(value.Key), value.Value))]));

        public YamlEntry Section(string name, IEnumerable<YamlEntry> entries) => new(Text(name), new YamlMap(where, [.. entries]));
    }
}

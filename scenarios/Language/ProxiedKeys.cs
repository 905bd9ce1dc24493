using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The key of a proxied endpoint, what goes with it and what does not.</summary>
internal static class ProxiedKeys
{
    public static readonly Key<ProxiedFunction> Proxied = Key.May(
        "proxied",
        new ChoiceShape<ProxiedFunction>(
            "a user-space function", ("echo", ProxiedFunction.Echo), ("echo_plain", ProxiedFunction.EchoPlain), ("sink", ProxiedFunction.Sink), ("forge_vni", ProxiedFunction.ForgeVni)),
        "Behind its interface is this user-space function instead of a stack, and its frames reach it in their tunnel (docs/functions.md). echo answers ARP, pings and datagrams in Geneve, echo_plain without; sink takes everything; forge_vni answers under another VPC's VNI, which its agent refuses.");

    /// <summary>The function of an endpoint; in the dialect <c>mizar</c> there is none.</summary>
    public static ProxiedFunction Of(Fields endpoint, Dialect dialect, Diagnostics diagnostics)
    {
        if (!endpoint.Given(Proxied))
        {
            return ProxiedFunction.None;
        }
        if (dialect != Dialect.Lab)
        {
            diagnostics.Report(endpoint.PlaceOf(Proxied), "dialect mizar has no proxied endpoints: upstream's documents promise them, its programs do not know them", "dialect: lab");
        }
        if (endpoint.Get(TopologyKeys.EndpointKindKey) != EndpointKind.Simple)
        {
            diagnostics.Report(endpoint.PlaceOf(Proxied), "a proxied endpoint needs an interface of its own, not one of the droplet's stack", "kind: simple");
        }
        return endpoint.Get(Proxied);
    }

    /// <summary>A function sends when it is given something, and no step makes it.</summary>
    public static void CheckSender(Endpoint sender, SourcePlace where, Diagnostics diagnostics)
    {
        if (sender.IsProxied)
        {
            diagnostics.Report(where, $"endpoint '{sender.Name}' is proxied: behind it is a function, and no stack that could begin an exchange", "let another endpoint ask it, or send a frame");
        }
    }

    /// <summary>What nothing but its answer would show to have arrived.</summary>
    public static void CheckAsked(Endpoint? asked, bool replies, string mend, SourcePlace where, Diagnostics diagnostics)
    {
        if (asked is { IsProxied: true } endpoint && !replies)
        {
            diagnostics.Report(where, $"endpoint '{endpoint.Name}' is proxied: there is no socket behind it, and only an answer shows what arrived", mend);
        }
    }
}

using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The key of a proxied endpoint, what goes with it and what does not.</summary>
internal static class ProxiedKeys
{
    private static readonly Key<ProxiedFunction> Function = Key.Needs(
        "function",
        new ChoiceShape<ProxiedFunction>(
            "a user-space function", ("echo", ProxiedFunction.Echo), ("echo_plain", ProxiedFunction.EchoPlain), ("sink", ProxiedFunction.Sink), ("forge_vni", ProxiedFunction.ForgeVni)),
        "echo answers ARP, pings and datagrams in Geneve, echo_plain without; sink takes everything; forge_vni answers under another VPC's VNI, which its agent refuses.");

    private static readonly Key<FunctionPort> Through = Key.Has(
        "through", new ChoiceShape<FunctionPort>("a way to a function", ("interface", FunctionPort.Interface), ("af_xdp", FunctionPort.AfXdp)), FunctionPort.Interface,
        "How a live backend gives it its frames: by a packet socket, or by an AF_XDP socket, past the kernel's stack. All one to the others.");

    public static readonly Key<Fields> Proxied = Key.May(
        "proxied",
        new RecordShape("proxied", "A user-space function behind an endpoint's interface.", Function, Through) { Shorthand = Function },
        "Behind its interface is this user-space function instead of a stack, and its frames reach it in their tunnel (docs/functions.md).");

    /// <summary>The function of an endpoint; in the dialect <c>mizar</c> there is none.</summary>
    public static (ProxiedFunction Function, FunctionPort Port) Of(Fields endpoint, Dialect dialect, Diagnostics diagnostics)
    {
        if (!endpoint.Given(Proxied))
        {
            return default;
        }
        if (dialect != Dialect.Lab)
        {
            diagnostics.Report(endpoint.PlaceOf(Proxied), "dialect mizar has no proxied endpoints: upstream's documents promise them, its programs do not know them", "dialect: lab");
        }
        if (endpoint.Get(TopologyKeys.EndpointKindKey) != EndpointKind.Simple)
        {
            diagnostics.Report(endpoint.PlaceOf(Proxied), "a proxied endpoint needs an interface of its own, not one of the droplet's stack", "kind: simple");
        }
        return endpoint.Get(Proxied) is { } proxied ? (proxied.Get(Function), proxied.Get(Through)) : default;
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

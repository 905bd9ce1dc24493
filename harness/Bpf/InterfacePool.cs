using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// Interfaces for ports to stand for in test runs, in the calling thread's namespace: a devmap slot takes none that does not exist, and an
/// agent knows its endpoint by one. No frame ever crosses them, so port <c>p</c> of every droplet is the same interface. They are veth pairs,
/// both ends in use, made as needed, named by the run's id, and gone with the namespace.
/// </summary>
internal sealed class InterfacePool(string runId)
{
    private const int FirstPairs = 8;

    private int[] indices = [];

    /// <summary>The interface of a port. Call on the namespace's thread.</summary>
    public int this[PortId port]
    {
        get
        {
            if ((uint)port.Value >= (uint)indices.Length)
            {
                Grow(port.Value);
            }
            return indices[port.Value];
        }
    }

    private void Grow(int port)
    {
        const int most = 1 << 16;
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, most);
        int pairs = Math.Max(FirstPairs, indices.Length / 2);
        while (2 * pairs <= port)
        {
            pairs *= 2;
        }
        StringBuilder batch = new();
        for (int pair = indices.Length / 2; pair < pairs; pair++)
        {
            batch.Append(CultureInfo.InvariantCulture, $"link add {Name(2 * pair)} type veth peer name {Name((2 * pair) + 1)}\n");
        }
        RunIp(batch.ToString());
        int[] grown = new int[2 * pairs];
        for (int i = 0; i < grown.Length; i++)
        {
            grown[i] = i < indices.Length ? indices[i] : IndexOf(Name(i));
        }
        indices = grown;
    }

    private string Name(int port) => string.Create(CultureInfo.InvariantCulture, $"m{runId}p{port}");

    private static int IndexOf(string name)
    {
        uint index = LibC.InterfaceIndex(name);
        return index != 0 ? (int)index : throw new HarnessException($"interface {name} is not there: {LibC.ErrorText(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>A child process is born in the namespace of the thread that starts it.</summary>
    private static void RunIp(string batch)
    {
        ProcessStartInfo start = new("ip") { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-batch");
        start.ArgumentList.Add("-");
        try
        {
            using Process ip = Process.Start(start)!;
            Task<string> errors = ip.StandardError.ReadToEndAsync();
            Task<string> output = ip.StandardOutput.ReadToEndAsync();
            ip.StandardInput.Write(batch);
            ip.StandardInput.Close();
            ip.WaitForExit();
            _ = output.GetAwaiter().GetResult();
            if (ip.ExitCode != 0)
            {
                throw new HarnessException($"ip refused to make interfaces: {errors.GetAwaiter().GetResult().Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new HarnessException($"'ip' cannot be started: {missing.Message}; Debian: apt-get install iproute2", missing);
        }
    }
}

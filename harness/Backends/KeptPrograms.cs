using MizarLab.Harness.Bpf;

namespace MizarLab.Harness.Backends;

/// <summary>
/// Loaded data planes that one scenario hands on to the next with equal options, its tables emptied: the verifier's time is most of a short scenario's. What scenarios
/// compile in (functions of the user's) is not kept, nor is what is large.
/// </summary>
/// <remarks>Nothing survives <see cref="BpfDataPlane.Clear()"/>: the fuzzer and the vectors rest on the same, and the model a run is compared with remembers nothing.</remarks>
internal sealed class KeptPrograms : IDisposable
{
    /// <summary>Scenarios in a row are of the two dialects in turns, and now and then with a switch turned.</summary>
    private const int MostPlanes = 3;

    /// <summary>Of one data plane; a droplet takes some 27 MB.</summary>
    private const int MostDroplets = 12;

    private readonly List<(BpfOptions Options, BpfDataPlane Plane)> kept = [];
    private readonly Lock gate = new();

    /// <summary>A data plane with empty tables, all droplets loaded, the time at 0; the caller's, to dispose of or to give back.</summary>
    /// <exception cref="HarnessException">The objects are missing, or the kernel refused one.</exception>
    public BpfDataPlane Take(int droplets, string runId, BpfOptions options)
    {
        BpfDataPlane plane = Find(options) ?? new BpfDataPlane(droplets, runId, options);
        try
        {
            plane.Resize(droplets);
            plane.Load();
            return plane;
        }
        catch
        {
            plane.Dispose();
            throw;
        }
    }

    /// <summary>After a run that came to its end: another leaves nobody knows what.</summary>
    public void GiveBack(BpfOptions options, BpfDataPlane plane)
    {
        if (!options.Functions.IsEmpty || plane.Droplets > MostDroplets)
        {
            plane.Dispose();
            return;
        }
        plane.Reset();
        lock (gate)
        {
            kept.Add((options, plane));
            if (kept.Count > MostPlanes)
            {
                kept[0].Plane.Dispose();
                kept.RemoveAt(0);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            kept.ForEach(one => one.Plane.Dispose());
            kept.Clear();
        }
    }

    private BpfDataPlane? Find(BpfOptions options)
    {
        lock (gate)
        {
            int at = kept.FindIndex(one => one.Options == options);
            if (at < 0)
            {
                return null;
            }
            BpfDataPlane plane = kept[at].Plane;
            kept.RemoveAt(at);
            return plane;
        }
    }
}

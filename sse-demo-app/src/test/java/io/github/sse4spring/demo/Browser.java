package io.github.sse4spring.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * A real browser without a window. Without a browser, the tests are skipped and print a
 * line. If the environment variable {@code SSE_BROWSER_REQUIRED} is {@code true}, they
 * fail instead.
 */
final class Browser implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final ChromeDriver driver;

	private Browser(File chromium, File chromedriver) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(chromium);
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage");
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(chromedriver).build();
		this.driver = new ChromeDriver(service, options);
	}

	static Browser start() {
		Optional<File> chromium = find("chromium", "chromium-browser", "google-chrome");
		Optional<File> chromedriver = find("chromedriver");
		if (chromium.isEmpty() || chromedriver.isEmpty()) {
			String message = "No chromium and chromedriver on the PATH: tests in a browser are skipped";
			if ("true".equals(System.getenv("SSE_BROWSER_REQUIRED"))) {
				throw new AssertionError(message + ", but SSE_BROWSER_REQUIRED is true");
			}
			System.out.println(message);
			Assumptions.abort(message);
		}
		return new Browser(chromium.orElseThrow(), chromedriver.orElseThrow());
	}

	private static Optional<File> find(String... names) {
		String[] path = System.getenv("PATH").split(File.pathSeparator);
		return Stream.of(names)
			.flatMap((name) -> Stream.of(path).map((folder) -> new File(folder, name)))
			.filter(File::canExecute)
			.findFirst();
	}

	void open(String url) {
		this.driver.get(url);
	}

	String text(String id) {
		return this.driver.findElement(By.id(id)).getDomProperty("textContent");
	}

	void type(String id, String text) {
		this.driver.findElement(By.id(id)).sendKeys(text);
	}

	/** Open another tab and switch to it. */
	String openTab(String url) {
		this.driver.switchTo().newWindow(WindowType.TAB);
		open(url);
		return tab();
	}

	String tab() {
		return this.driver.getWindowHandle();
	}

	void goTo(String tab) {
		this.driver.switchTo().window(tab);
	}

	void closeTab(String goOnIn) {
		this.driver.close();
		goTo(goOnIn);
	}

	void click(String id) {
		this.driver.findElement(By.id(id)).click();
	}

	Object run(String script) {
		return this.driver.executeScript(script);
	}

	void waitUntil(String what, BooleanSupplier condition) {
		new WebDriverWait(this.driver, PATIENCE).withMessage(what)
			.ignoring(StaleElementReferenceException.class)
			.until((driver) -> condition.getAsBoolean());
	}

	void size(int width, int height) {
		this.driver.manage().window().setSize(new Dimension(width, height));
	}

	/** Save a screenshot to the output directory of the build. */
	void screenshot(String name) {
		try {
			Path folder = Files.createDirectories(Path.of("target", "screenshots"));
			Files.write(folder.resolve(name + ".png"), this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
